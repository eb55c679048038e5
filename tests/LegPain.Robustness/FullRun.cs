using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LegPain.Robustness.Harness;
using LegPain.Robustness.Nemeses;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness;

/// <summary>Runs every nemesis and writes down what came of it.</summary>
internal static class FullRun
{
    private const string ResultFile = "tests/robustness-results.md";

    /// <summary>Runs all that can be run here.</summary>
    /// <param name="seed">The seed of the first; each that follows has one more.</param>
    /// <param name="percent">How long, and how many faults, of a full run.</param>
    /// <param name="only">What the names begin with; null for all. Then nothing is written down.</param>
    /// <returns>
    /// The exit code: 0, or 1 when anything was violated, too slow, proved too little, or could not be run.
    /// </returns>
    public static async Task<int> RunAsync(int seed, int percent, string? only)
    {
        var started = Stopwatch.GetTimestamp();
        var commit = (await Shell.RunAsync("git", "rev-parse", "HEAD"))[..12];
        var changed = (await Shell.RunAsync("git", "status", "--porcelain", "src")).Length > 0 ? " (changed)" : "";
        var head = $"`tests/robustness all --seed {seed} --percent {percent}`, commit {commit}{changed}";
        var result = new FullResult(percent, only is not null);
        var all = Nemesis.All.Where(one => one.Name.StartsWith(only ?? string.Empty, StringComparison.Ordinal))
            .ToList();
        foreach (var (index, nemesis) in all.Index())
        {
            await RunAsync(nemesis, seed + index, percent, result);
            if (only is null)
            {
                // After every one, so that nothing that follows can lose it.
                await File.WriteAllTextAsync(
                    ResultFile, Text(head, result, all.Count - index - 1, Stopwatch.GetElapsedTime(started)));
            }
        }

        Console.WriteLine(Text(head, result, 0, Stopwatch.GetElapsedTime(started)));
        return result.Passed ? 0 : 1;
    }

    private static async Task RunAsync(Nemesis nemesis, int seed, int percent, FullResult result)
    {
        if (nemesis.Obstacle() is { } obstacle)
        {
            result.Skipped.Add($"{nemesis.Name}: {obstacle}");
            return;
        }

        Console.WriteLine($"{nemesis.Name}, seed {seed}");
        try
        {
            var run = await Run.RunAsync(
                nemesis, nemesis.FullLength * percent / 100, seed, Math.Max(1, nemesis.FullCount * percent / 100),
                new LoadShape());
            result.Runs.Add(run);
            Console.WriteLine(Report.Text(run));
            if (run.Passed)
            {
                run.Folder.Delete();
            }
            else
            {
                Console.WriteLine($"histories and logs: {run.Folder.Path}");
            }
        }
#pragma warning disable CA1031 // Whatever it is, the other nemeses are run, and it is written down.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            result.Failed.Add($"{nemesis.Name}, seed {seed}: {exception.GetType().Name}: {exception.Message}");
            Console.WriteLine(exception);
        }
    }

    private static string Text(string head, FullResult result, int remaining, TimeSpan took)
    {
        var runs = result.Runs;
        List<string> lines =
        [
            "# The full run of the robustness suite",
            string.Empty,
            $"{head}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {took.TotalMinutes:0} minutes.",
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, "
                + $"{RuntimeInformation.FrameworkDescription}; servers, database and clients on one machine.",
            string.Empty,
            .. remaining > 0 ? [$"Not finished: {remaining} more to come.", string.Empty] : Array.Empty<string>(),
            Total(runs),
            string.Empty,
            "What the columns mean: [README](README.md#faults).",
            string.Empty,
            Line(Report.Columns),
            Line(Report.Columns.Select(_ => "---")),
            .. runs.Select(run => Line(Report.Row(run))),
        ];
        lines.AddRange(Section("Not run", result.Skipped));
        lines.AddRange(Section("Could not be run", result.Failed));
        lines.AddRange(Section("Served again later than promised, at p99", result.Slow));
        lines.AddRange(Section("Proves too little", remaining > 0 ? [] : result.Shortfalls));
        lines.AddRange(Section(
            "Violations",
            [
                .. runs.SelectMany(run => run.Verdict.Violations.Take(10)
                    .Select(violation => $"{run.Nemesis.Name}: {violation}")),
            ]));
        return string.Join('\n', lines) + "\n";
    }

    private static string Total(List<RunResult> runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{runs.Sum(run => run.Verdict.Violations.Count)} violations over {runs.Sum(run => run.Faults)} faults: "
        + $"{runs.Sum(run => run.Verdict.Acknowledged)} acknowledged writes, "
        + $"{runs.Sum(run => run.Verdict.Shown)} revisions shown by watches over "
        + $"{runs.Sum(run => run.Verdict.Reconnects)} forced reconnects, "
        + $"{runs.Sum(run => run.Verdict.Resolved.Applied)} unknown outcomes found stored once and "
        + $"{runs.Sum(run => run.Verdict.Resolved.NotApplied)} not at all.");

    private static IEnumerable<string> Section(string title, IReadOnlyList<string> lines) =>
        lines.Count == 0
            ? []
            : [string.Empty, $"## {title}", string.Empty, .. lines.Select(line => $"- {line}")];

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
