using System.Diagnostics;
using System.Globalization;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Workload;

/// <summary>How much load there is.</summary>
/// <param name="Patients">Patients.</param>
/// <param name="Clients">Clients whose every attempt is a line of the history.</param>
/// <param name="Repeating">Clients that use the client library, which repeats by itself.</param>
/// <param name="Watches">Watches that break their connections.</param>
internal sealed record LoadShape(int Patients = 24, int Clients = 24, int Repeating = 6, int Watches = 24);

/// <summary>All clients and watches of a run.</summary>
internal sealed class Load : IDisposable
{
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(90);

    private readonly int _seed;
    private readonly List<LoadClient> _clients;
    private readonly List<Watcher> _watches;
    private readonly CancellationTokenSource _stopWriting = new();
    private readonly CancellationTokenSource _stopWatching = new();
    private Task _writing = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private int _number;

    /// <summary>Makes a load.</summary>
    public Load(IReadOnlyList<ServerNode> nodes, HistoryFolder history, int seed, LoadShape shape, Habits habits)
    {
        (Nodes, History, Habits, _seed) = (nodes, history, habits, seed);
        Patients =
        [
            .. Enumerable.Range(1, shape.Patients)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"patient-{number}")),
        ];
        _clients =
        [
            .. Enumerable.Range(0, shape.Clients + shape.Repeating)
                .Select(number => new LoadClient(number, this, repeats: number >= shape.Clients)),
        ];
        _watches = [.. Enumerable.Range(0, shape.Watches).Select(number => new Watcher(number, this))];
    }

    /// <summary>Gets the servers.</summary>
    public IReadOnlyList<ServerNode> Nodes { get; }

    /// <summary>Gets where every attempt is written down.</summary>
    public HistoryFolder History { get; }

    /// <summary>Gets what clients do how often.</summary>
    public Habits Habits { get; }

    /// <summary>Gets the clock of the run.</summary>
    public RunClock Clock { get; } = new();

    /// <summary>Gets the callers' ids of the patients.</summary>
    public IReadOnlyList<string> Patients { get; }

    /// <summary>Returns the seed of one client's or watch's own choices.</summary>
    public int SeedOf(int number) => unchecked((_seed * 7919) + number);

    /// <summary>Returns a number that nobody else in the run gets.</summary>
    public int NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>Starts all clients and watches.</summary>
    public void Start()
    {
        _writing = Task.WhenAll(_clients.Select(client => Task.Run(() => client.RunAsync(_stopWriting.Token))));
        _watching = Task.WhenAll(_watches.Select(watch => Task.Run(() => watch.RunAsync(_stopWatching.Token))));
    }

    /// <summary>Cuts every connection of every client and watch at once.</summary>
    public void CutAll()
    {
        _clients.ForEach(client => client.Cut());
        _watches.ForEach(watch => watch.Cut());
    }

    /// <summary>
    /// Stops writing, repeats what has no known outcome, reads every patient at every node, and lets the watches come
    /// to the end.
    /// </summary>
    public async Task SettleAsync()
    {
        await _stopWriting.CancelAsync();
        await _writing;
        using (var late = new CancellationTokenSource(SettleMax))
        {
            await Task.WhenAll(_clients.Select(client => client.ResolveAsync(late.Token)));
        }

        _watches.ForEach(watch => watch.CalmDown());
        var started = Stopwatch.GetTimestamp();
        var heads = new Dictionary<string, long>();
        foreach (var patient in Patients)
        {
            var reads = await Task.WhenAll(
                Enumerable.Range(0, Nodes.Count).Select(node => HeadAsync(patient, node, started)));
            heads[patient] = reads.Max();
        }

        await Wait.UntilAsync(() => _watches.TrueForAll(watch => watch.Last >= heads[watch.Patient]), SettleMax);

        await _stopWatching.CancelAsync();
        await _watching;
    }

    public void Dispose()
    {
        _stopWriting.Cancel();
        _stopWatching.Cancel();
        _clients.ForEach(client => client.Dispose());
        _watches.ForEach(watch => watch.Dispose());
        _stopWriting.Dispose();
        _stopWatching.Dispose();
    }

    /// <summary>Reads a patient at a node; 0 when the node does not say in time.</summary>
    private async Task<long> HeadAsync(string patient, int node, long started)
    {
        long? revision = null;
        await Wait.UntilAsync(
            async () => (revision = await _clients[0].ReadAsync(patient, node)) is not null,
            SettleMax - Stopwatch.GetElapsedTime(started));
        return revision ?? 0;
    }
}
