using LegPain.Robustness.Checking;
using LegPain.Robustness.Harness;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness.Nemeses;

/// <summary>One way to trouble the servers.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Says">What it does.</param>
/// <param name="Shape">What it needs to be built.</param>
/// <param name="DisturbAsync">Troubles them until the time is over, and leaves everything healed.</param>
internal sealed record Nemesis(string Name, string Says, RigShape Shape, Func<Trouble, Task> DisturbAsync)
{
    /// <summary>Gets what clients do how often.</summary>
    public Habits Habits { get; init; } = new();

    /// <summary>Gets how long the full run takes.</summary>
    public TimeSpan FullLength { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long the patients that feel a fault may take to be served again, 99 of 100 of them.</summary>
    public TimeSpan? RecoveryMax { get; init; }

    /// <summary>Gets how many faults the full run has at least.</summary>
    public int FullCount { get; init; } = 1;

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Nemesis> All { get; } = [.. SingleNode.All, .. Cluster.All];

    /// <summary>Gets whether it meddles with flushes.</summary>
    public bool Traces { get; init; }

    /// <summary>Gets what must be seen, or else it did nothing; null when it does nothing.</summary>
    public Sign? Sign { get; init; }

    /// <summary>Returns why it cannot be run here; null when it can.</summary>
    public string? Obstacle() =>
        Machine.Missing(Shape, Traces) is { Count: > 0 } missing ? $"needs {string.Join(", ", missing)}" : null;
}
