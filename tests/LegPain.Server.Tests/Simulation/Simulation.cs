using LegPain.Journal;

namespace LegPain.Server.Tests.Simulation;

/// <summary>What one history is made of.</summary>
/// <param name="Seed">Draws everything that is chance.</param>
/// <param name="Nodes">How many nodes; one is the embedded server with a journal of its own.</param>
/// <param name="Writers">How many clients write.</param>
/// <param name="Operations">How many operations each of them has.</param>
/// <param name="Watches">How many clients watch.</param>
internal sealed record SimulationPlan(int Seed, int Nodes, int Writers, int Operations, int Watches)
{
    /// <summary>Gets whether the journal fails, nodes die and patients move at random.</summary>
    public bool IsStormy { get; init; }

    /// <summary>Gets which nodes are killed before which steps.</summary>
    public IReadOnlyList<(int Step, int Node)> Kills { get; init; } = [];

    /// <summary>Gets which call of the journal fails, from 1, and how.</summary>
    public (int Call, JournalFault Fault)? Fault { get; init; }

    /// <summary>Returns the ways in which the journal can fail. One in the process itself is never late.</summary>
    public IEnumerable<JournalFault> FaultsThatCanBe() => Enum.GetValues<JournalFault>()
        .Where(fault => fault != JournalFault.None && (Nodes > 1 || fault != JournalFault.Late));

    /// <summary>Gets what the store has from before.</summary>
    public IReadOnlyList<JournalAppend> Before { get; init; } = [];

    /// <summary>Returns a plan that is all chance.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="before">A long history, which some patients have.</param>
    public static SimulationPlan Random(int seed, IReadOnlyList<JournalAppend> before)
    {
        var random = new Random(seed);
        return new(seed, random.Next(4) switch { 0 => 1, 1 => 3, _ => 2 }, random.Next(1, 4), random.Next(2, 7),
            random.Next(1, 3))
        {
            IsStormy = true,
            Before = random.Next(16) == 0 ? before : [],
        };
    }
}

/// <summary>Plays one history to its end and judges it.</summary>
internal sealed class Simulation
{
    private const int RestartAfter = 40;

    private static readonly TimeSpan WorkMax = TimeSpan.FromHours(1);

    // Longer than a lost hint, a lease that ran out with its node and a slow journal take together.
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);

    private readonly SimulationPlan _plan;
    private readonly Schedule _schedule;
    private readonly SimulatedCluster _cluster;
    private readonly Dictionary<int, int> _restarts = [];

    private Simulation(SimulationPlan plan)
    {
        _plan = plan;
        _schedule = new(plan.Seed) { BeforeStep = Disturb };
        _cluster = new(_schedule, plan);
    }

    /// <summary>Plays a history.</summary>
    public static SimulationResult Play(SimulationPlan plan)
    {
        var simulation = new Simulation(plan);
        var violations = simulation.Play();
        return new(
            plan, violations, simulation._cluster.History, simulation._schedule.Step,
            simulation._cluster.JournalCalls, simulation._schedule.Trace);
    }

    private List<string> Play()
    {
        foreach (var append in _plan.Before)
        {
            // The journal in memory stores at once.
            _ = _cluster.Store.AppendAsync(append, CancellationToken.None).AsTask();
            _cluster.History.Stored(0, append.Record.Sequence, append.Record.RequestId, append.Record.RecordedAt);
        }

        var clients = new SimulatedClients(_cluster);
        for (var i = 0; i < _plan.Writers; i++)
        {
            clients.StartWriter(i, _plan.Operations);
        }

        clients.StartReader(_plan.Operations);
        for (var i = 0; i < _plan.Watches; i++)
        {
            clients.StartWatch(i);
        }

        var violations = new List<string>();
        try
        {
            Expect(_schedule.Run(() => clients.AreDone, WorkMax), "the clients never came to an end");
            Heal();
            Expect(_schedule.Run(() => clients.HaveSeenAll, CatchUpMax), "a watch did not catch up");
            clients.StartLastReads();
            Expect(_schedule.Run(() => clients.AreDone, CatchUpMax), "the last reads never came to an end");
        }
        catch (InvalidOperationException exception)
        {
            violations.Add(exception.ToString());
        }

        violations.AddRange(HistoryCheck.Violations(_cluster.History));
        return violations;

        void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                violations.Add(otherwise);
            }
        }
    }

    private void Disturb()
    {
        foreach (var (_, node) in _plan.Kills.Where(kill => kill.Step == _schedule.Step))
        {
            _cluster.Nodes[node].Kill();
            _restarts[node] = _schedule.Step + RestartAfter;
        }

        foreach (var (node, _) in _restarts.Where(restart => restart.Value == _schedule.Step))
        {
            Start(_cluster.Nodes[node]);
        }

        if (_plan.IsStormy && !_cluster.IsHealed && _schedule.Chance(40))
        {
            Storm(_schedule.Pick(_cluster.Nodes));
        }
    }

    private void Storm(SimulatedNode node)
    {
        if (node.Process.IsDead)
        {
            node.Start();
            return;
        }

        switch (_schedule.Random.Next(6))
        {
            case 0:
                node.Kill();
                break;
            case 1:
                node.Deactivate();
                break;
            default:
                node.Owner = _schedule.Pick(_cluster.Nodes).Number;
                break;
        }
    }

    private void Heal()
    {
        _cluster.IsHealed = true;
        foreach (var node in _cluster.Nodes)
        {
            Start(node);
        }
    }

    private static void Start(SimulatedNode node)
    {
        if (node.Process.IsDead)
        {
            node.Start();
        }
    }
}

/// <summary>What came of a history.</summary>
internal sealed record SimulationResult(
    SimulationPlan Plan, IReadOnlyList<string> Violations, SimulatedHistory History, int Steps, int JournalCalls,
    IReadOnlyList<string> Trace);
