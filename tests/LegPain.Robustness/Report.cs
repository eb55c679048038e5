using System.Globalization;
using System.Text;
using LegPain.Robustness.Checking;
using LegPain.Robustness.History;

namespace LegPain.Robustness;

/// <summary>Says what a run came to, for people.</summary>
internal static class Report
{
    private const int ViolationsShown = 20;

    /// <summary>Gets the columns of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "nemesis", "seed", "faults", "ok / fail / unknown", "acknowledged", "lost", "duplicates", "gaps", "forks",
        "order, stale reads", "id reuse", "phantoms", "early acks, not served", "stream gaps / repeats / reorders",
        "reconnects",
        "unknown: applied / not", "felt / never served again", "recovery p50 / p99 / max s", "silence max s",
    ];

    /// <summary>Returns a run as the cells of a table.</summary>
    public static IReadOnlyList<string> Row(RunResult run)
    {
        var verdict = run.Verdict;
        return
        [
            run.Nemesis.Name, Number(run.Seed), Number(run.Faults),
            $"{Attempts(Outcome.Ok)} / {Attempts(Outcome.Fail)} / {Attempts(Outcome.Unknown)}",
            Number(verdict.Acknowledged),
            Count(Broken.Lost), Count(Broken.Duplicate), Count(Broken.Gap), Count(Broken.Fork, Broken.Expectation),
            Count(Broken.Order, Broken.StaleRead, Broken.Time), Count(Broken.ReusedId, Broken.RefusedButStored),
            Count(Broken.Phantom), Count(Broken.EarlyAck, Broken.NotServed),
            $"{Count(Broken.WatchGap, Broken.WatchBehind, Broken.WatchRefused)} / {Count(Broken.WatchRepeat)} / "
                + Count(Broken.WatchReorder),
            Number(verdict.Reconnects), $"{verdict.Resolved.Applied} / {verdict.Resolved.NotApplied}",
            $"{verdict.Recoveries.Sum(recovery => recovery.Felt.Count)} / "
                + Number(verdict.Recoveries.Sum(recovery => recovery.Unrecovered.Count)),
            RecoveryOf(verdict),
            verdict.Recoveries.Count == 0
                ? string.Empty
                : Seconds(verdict.Recoveries.Max(recovery => recovery.Silence)),
        ];

        string Count(params Broken[] kinds) => Number(verdict.Count(kinds));

        string Attempts(Outcome outcome) => Number(verdict.Attempts.GetValueOrDefault(outcome));
    }

    /// <summary>Returns a run as lines.</summary>
    public static string Text(RunResult run)
    {
        var text = new StringBuilder();
        foreach (var (column, cell) in Columns.Zip(Row(run)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{column,-34} {cell}");
        }

        foreach (var shortfall in run.Shortfalls)
        {
            text.AppendLine(shortfall);
        }

        return text + Text(run.Verdict);
    }

    /// <summary>Returns the violations, or that there are none, as lines.</summary>
    public static string Text(Verdict verdict)
    {
        var text = new StringBuilder();
        if (verdict.SlowAckMin is { } least)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"fastest acknowledgement while flushes were slow: {least} us");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{verdict.Violations.Count} violations");
        foreach (var kind in verdict.Violations.GroupBy(violation => violation.Broken))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind.Key}: {kind.Count()}");
        }

        foreach (var violation in verdict.Violations.Take(ViolationsShown))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {violation}");
        }

        return text.ToString().TrimEnd();
    }

    private static string RecoveryOf(Verdict verdict) => verdict.RecoveryWithin(0.5) is { } half
        ? $"{Seconds(half)} / {Seconds(verdict.RecoveryWithin(0.99)!.Value)} / "
            + Seconds(verdict.RecoveryWithin(1)!.Value)
        : string.Empty;

    private static string Seconds(long microseconds) =>
        (microseconds / 1e6).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
