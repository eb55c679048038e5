using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using LegPain.Engine.Knowledge;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Journal.Memory;
using LegPain.Knowledge;

namespace LegPain.Server.Tests.Simulation;

/// <summary>
/// Nodes over one store, with one patient. Each node has its own idea of where the patient lives, so several
/// activations of it are alive at once; nodes die and start again, and lose all but the store.
/// </summary>
internal sealed class SimulatedCluster
{
    public const string Patient = "patient";

    private static readonly KnowledgeLibrary Library = new(KnowledgePack.BuiltIn.Knowledge);

    private readonly SimulationPlan _plan;
    private readonly IReadOnlyList<JournalFault> _faults;

    public SimulatedCluster(Schedule schedule, SimulationPlan plan)
    {
        Schedule = schedule;
        _plan = plan;
        _faults = [.. plan.FaultsThatCanBe()];
        Nodes = [.. Enumerable.Range(0, plan.Nodes).Select(number => new SimulatedNode(this, number))];
    }

    public Schedule Schedule { get; }

    public MemoryJournal Store { get; } = new();

    public SimulatedHistory History { get; } = new();

    /// <summary>Gets whether there is one process and the store is its own.</summary>
    public bool IsEmbedded => _plan.Nodes == 1;

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    /// <summary>Gets or sets whether nothing fails any more.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Gets how many calls of the journal there have been.</summary>
    public int JournalCalls { get; private set; }

    public static KnowledgeLibrary Knowledge => Library;

    public JournalFault NextFault()
    {
        JournalCalls++;
        return _plan.Fault is var (call, fault) && call == JournalCalls ? fault
            : !IsHealed && _plan.IsStormy && Schedule.Chance(15) ? Schedule.Pick(_faults)
            : JournalFault.None;
    }

    /// <summary>Calls the patient from a node, where that node believes it to be.</summary>
    /// <exception cref="TimeoutException">A process on the way died.</exception>
    public async Task<T> CallAsync<T>(
        SimulatedNode from, bool isCommand, Func<PatientSession, ValueTask<T>> call)
    {
        if (from.Process.IsDead)
        {
            throw new TimeoutException();
        }

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        from.Process.OnDeath(() => answer.TrySetException(new TimeoutException()));
        var owner = Nodes[from.Owner];
        if (owner.Process.IsDead)
        {
            // The next call goes where the directory has the patient by then.
            from.Owner = Schedule.Pick(Nodes).Number;
        }

        owner.Process.OnDeath(() => answer.TrySetException(new TimeoutException()));
        Schedule.Begin(owner.Process, () =>
        {
            owner.Activation.Enqueue(isCommand, call, answer);
            return Task.CompletedTask;
        });
        return await answer.Task;
    }
}

/// <summary>One node: gateway and silo. It outlives its processes, as a machine does.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedCluster _cluster;
    private readonly TimeProvider _clock;
    private SimulatedActivation? _activation;

    public SimulatedNode(SimulatedCluster cluster, int number)
    {
        _cluster = cluster;
        Number = number;
        _clock = new SkewedClock(
            cluster.Schedule.Clock, TimeSpan.FromMilliseconds(cluster.Schedule.Random.Next(-2000, 2000)));
        Start();
    }

    public int Number { get; }

    /// <summary>Gets or sets which node this one believes to have the patient.</summary>
    public int Owner { get; set; }

    public SimulatedProcess Process { get; private set; } = null!;

    public SimulatedGateway Gateway { get; private set; } = null!;

    public SimulatedActivation Activation
    {
        get
        {
            if (_activation is null or { IsOver: true })
            {
                _activation = new(_cluster, Process, _clock);
            }

            return _activation;
        }
    }

    public void Kill()
    {
        _cluster.Schedule.Note($"kill node {Number}");
        Process.Kill();
    }

    public void Start()
    {
        _cluster.Schedule.Note($"start node {Number}");
        Process = new();
        Gateway = new(_cluster, this, Process, _clock);
        _activation = null;
    }

    /// <summary>
    /// Lets the patient go; the next call activates it again. Within one process only an idle one goes; over several
    /// this stands for one whose node is thought dead.
    /// </summary>
    public void Deactivate()
    {
        if (!_cluster.IsEmbedded || _activation is { IsIdle: true })
        {
            _activation = null;
        }
    }

    /// <summary>A machine's own clock, set wrong.</summary>
    private sealed class SkewedClock(TimeProvider inner, TimeSpan by) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + by;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }
}

/// <summary>
/// One activation, as Orleans would run it: one thread, commands one after the other, reads beside them.
/// </summary>
internal sealed class SimulatedActivation
{
    private readonly Schedule _schedule;
    private readonly Schedule.Lane _lane;
    private readonly PatientSession _session;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _turn = Task.CompletedTask;
    private int _calls;

    public SimulatedActivation(SimulatedCluster cluster, SimulatedProcess process, TimeProvider clock)
    {
        _schedule = cluster.Schedule;
        _lane = _schedule.Open(process);
        _session = new(
            SimulatedCluster.Patient, new SimulatedJournal(cluster, process), SimulatedCluster.Knowledge, clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _schedule.BeginIn(_lane, async () =>
        {
            await _session.OpenAsync(CancellationToken.None);
            _opened.SetResult();
        });
    }

    /// <summary>Gets whether it is broken: the next call goes to a new one.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Gets whether no call is in it.</summary>
    public bool IsIdle => _calls == 0;

    public void Enqueue<T>(
        bool isCommand, Func<PatientSession, ValueTask<T>> call, TaskCompletionSource<T> answer)
    {
        _calls++;
        _schedule.BeginIn(_lane, async () =>
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = _turn;
            if (isCommand)
            {
                _turn = turn.Task;
                await before;
            }

            await _opened.Task;
            try
            {
                answer.TrySetResult(await call(_session));
            }
            catch (Exception exception)
            {
                answer.TrySetException(exception);
            }
            finally
            {
                IsOver |= _session.IsBroken;
                _calls--;
                turn.SetResult();
            }
        });
    }
}

/// <summary>What a node's gateway sees of the cluster: the real watches, over simulated calls.</summary>
internal sealed class SimulatedGateway : IPatientGrain
{
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedNode _node;

    public SimulatedGateway(
        SimulatedCluster cluster, SimulatedNode node, SimulatedProcess process, TimeProvider clock)
    {
        _cluster = cluster;
        _node = node;
        var grains = DispatchProxy.Create<IGrainFactory, GrainFactory>();
        ((GrainFactory)grains).Of(this, cluster, process);
        var settings = new ServerSettings();
        Stream = new(
            grains, new(grains, new(settings)), settings, clock,
            new(settings, clock, new Microsoft.Extensions.Hosting.Internal.ApplicationLifetime(
                Microsoft.Extensions.Logging.Abstractions.NullLogger<
                    Microsoft.Extensions.Hosting.Internal.ApplicationLifetime>.Instance)));
    }

    public Watch.AssessmentStream Stream { get; }

    public async ValueTask<PatientReply> SubmitAsync(PatientCommand command, CancellationToken cancellationToken) =>
        await _cluster.CallAsync(_node, true, session => session.SubmitAsync(command, cancellationToken));

    public async ValueTask<PatientReply> ReadAsync(
        long? revision, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        await _cluster.CallAsync(_node, false, session => session.ReadAsync(revision, asOf, cancellationToken));

    public async ValueTask<PatientReadings> ReadUnderAsync(
        IReadOnlyList<ReadingTerms> wanted, CancellationToken cancellationToken) =>
        await _cluster.CallAsync(_node, false, session => session.ReadUnderAsync(wanted, cancellationToken));

    public async ValueTask<PatientReadings> ReadSinceAsync(
        long afterRevision, int max, CancellationToken cancellationToken) =>
        await _cluster.CallAsync(
            _node, false, session => session.ReadSinceAsync(afterRevision, max, cancellationToken));

    public async ValueTask<PatientEventPage> ReadEventsAsync(
        long afterRevision, int max, CancellationToken cancellationToken) =>
        await _cluster.CallAsync(
            _node, false, session => session.ReadEventsAsync(afterRevision, max, cancellationToken));

    public async ValueTask SubscribeAsync(IPatientObserver observer) =>
        await _cluster.CallAsync(_node, false, session => Done(() => session.Subscribe(observer)));

    public async ValueTask UnsubscribeAsync(IPatientObserver observer) =>
        await _cluster.CallAsync(_node, false, session => Done(() => session.Unsubscribe(observer)));

    private static ValueTask<bool> Done(Action action)
    {
        action();
        return ValueTask.FromResult(true);
    }

    /// <summary>Gives out the one patient, and references to the gateway's observer.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "The proxy derives from it.")]
    internal class GrainFactory : DispatchProxy
    {
        private IPatientGrain _patient = null!;
        private SimulatedCluster _cluster = null!;
        private SimulatedProcess _process = null!;

        internal void Of(IPatientGrain patient, SimulatedCluster cluster, SimulatedProcess process)
        {
            _patient = patient;
            _cluster = cluster;
            _process = process;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
        {
            nameof(IGrainFactory.GetGrain) => _patient,
            nameof(IGrainFactory.CreateObjectReference) =>
                new Reference(_cluster, _process, (IPatientObserver)args![0]!),
            _ => throw new NotSupportedException(),
        };
    }

    /// <summary>The way of a hint to the process that watches: it may be late, and it may be lost.</summary>
    private sealed class Reference(SimulatedCluster cluster, SimulatedProcess process, IPatientObserver observer)
        : IPatientObserver
    {
        public void Changed(string patientKey, long revision)
        {
            cluster.History.Signals.Add(new(cluster.Schedule.Step, revision));
            if (cluster.IsHealed || !cluster.Schedule.Chance(10))
            {
                cluster.Schedule.Begin(process, () =>
                {
                    observer.Changed(patientKey, revision);
                    return Task.CompletedTask;
                });
            }
        }
    }
}
