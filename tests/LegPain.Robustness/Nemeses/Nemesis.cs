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

    /// <summary>Gets whether only root can run it.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>Returns why it cannot be run here; null when it can.</summary>
    public string? Obstacle() =>
        (NeedsRoot || Shape.NeedsRoot) && !Environment.IsPrivilegedProcess ? "needs root"
        : Shape.Postgres && !PostgresNode.IsInstalled ? "needs PostgreSQL"
        : null;
}
