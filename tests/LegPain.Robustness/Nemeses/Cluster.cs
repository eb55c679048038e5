namespace LegPain.Robustness.Nemeses;

/// <summary>What can happen to several servers with PostgreSQL.</summary>
internal static class Cluster
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Nemesis> All { get; } = [];
}
