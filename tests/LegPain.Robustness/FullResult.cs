namespace LegPain.Robustness;

/// <summary>What has come of many nemeses so far.</summary>
/// <param name="percent">How long, and how many faults, of a full run.</param>
/// <param name="isPart">Whether only some were asked for.</param>
internal sealed class FullResult(int percent, bool isPart)
{
    private const int ReconnectsMin = 10_000;

    /// <summary>Gets what was run.</summary>
    public List<RunResult> Runs { get; } = [];

    /// <summary>Gets what could not be run here, and why.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Gets what the harness failed at, and how.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>Gets which were served again later than promised.</summary>
    public IReadOnlyList<string> Slow =>
    [
        .. Runs.Where(run => run.Verdict.RecoveryWithin(0.99) > run.Nemesis.RecoveryMax?.TotalMicroseconds)
            .Select(run => $"{run.Nemesis.Name}: more than {run.Nemesis.RecoveryMax?.TotalSeconds} s"),
    ];

    /// <summary>Gets how often watches went on with another connection.</summary>
    public int Reconnects => Runs.Sum(run => run.Verdict.Reconnects);

    /// <summary>Gets why it proves less than it should, once all have been run.</summary>
    public IReadOnlyList<string> Shortfalls =>
    [
        .. Runs.SelectMany(run => run.Shortfalls.Select(text => $"{run.Nemesis.Name}: {text}")),
        .. Runs.Count == 0 ? ["nothing was run"] : Array.Empty<string>(),
        .. !isPart && percent >= 100 && Reconnects < ReconnectsMin
            ? [$"{Reconnects} forced reconnects, and not {ReconnectsMin}"]
            : Array.Empty<string>(),
    ];

    /// <summary>
    /// Gets whether all were run that should be, nothing was violated, and enough was seen to say so.
    /// </summary>
    public bool Passed => Shortfalls.Count == 0 && Failed.Count == 0 && Slow.Count == 0
        && (isPart || Skipped.Count == 0) && Runs.TrueForAll(run => run.Passed);
}
