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
    /// <returns>The exit code: 0, or 1 when anything was violated, too slow, or could not be run.</returns>
    public static async Task<int> RunAsync(int seed, int percent, string? only)
    {
        var started = Stopwatch.GetTimestamp();
        var commit = await CommitAsync();
        var (runs, skipped, failed) = (new List<RunResult>(), new List<string>(), new List<string>());
        foreach (var nemesis in Nemesis.All
            .Where(one => one.Name.StartsWith(only ?? string.Empty, StringComparison.Ordinal)))
        {
            if (nemesis.Obstacle() is { } obstacle)
            {
                skipped.Add($"{nemesis.Name}: {obstacle}");
                continue;
            }

            Console.WriteLine($"{nemesis.Name}, seed {seed + runs.Count}");
            try
            {
                var run = await Run.RunAsync(
                    nemesis, nemesis.FullLength * percent / 100, seed + runs.Count,
                    Math.Max(1, nemesis.FullCount * percent / 100), new LoadShape());
                runs.Add(run);
                Console.WriteLine(Report.Text(run));
                if (run.Verdict.Violations.Count == 0)
                {
                    run.Folder.Delete();
                }
                else
                {
                    Console.WriteLine($"histories and logs: {run.Folder.Path}");
                }
            }
            catch (HarnessException exception)
            {
                failed.Add($"{nemesis.Name}: {exception.Message}");
                Console.WriteLine(failed[^1]);
            }
        }

        var slow = runs.Where(run => run.Verdict.RecoveryWithin(0.99) > run.Nemesis.RecoveryMax?.TotalMicroseconds)
            .Select(run => $"{run.Nemesis.Name}: more than {run.Nemesis.RecoveryMax?.TotalSeconds} s").ToList();
        var text = Text(
            seed, percent, commit, runs, skipped, failed, slow, Stopwatch.GetElapsedTime(started));
        Console.WriteLine(text);
        if (only is null)
        {
            await File.WriteAllTextAsync(ResultFile, text);
        }

        return runs.All(run => run.Verdict.Violations.Count == 0) && failed.Count == 0 && slow.Count == 0 ? 0 : 1;
    }

    private static string Text(
        int seed, int percent, string commit, List<RunResult> runs, List<string> skipped, List<string> failed, List<string> slow,
        TimeSpan took)
    {
        List<string> lines =
        [
            percent == 100 ? "# The full run of the robustness suite" : $"# {percent} % of a full run of the robustness suite",
            string.Empty,
            $"`tests/robustness all --seed {seed} --percent {percent}`, commit {commit}, "
                + $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {took.TotalMinutes:0} minutes.",
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, "
                + $"{RuntimeInformation.FrameworkDescription}; servers, database and clients on one machine.",
            string.Empty,
            Total(runs),
            string.Empty,
            "What the columns mean: [README](README.md#faults).",
            string.Empty,
            Line(Report.Columns),
            Line(Report.Columns.Select(_ => "---")),
            .. runs.Select(run => Line(Report.Row(run))),
        ];
        lines.AddRange(Section("Not run", skipped));
        lines.AddRange(Section("Could not be run", failed));
        lines.AddRange(Section("Served again later than promised, at p99", slow));
        lines.AddRange(Section(
            "Violations",
            [
                .. runs.SelectMany(run => run.Verdict.Violations.Take(10)
                    .Select(violation => $"{run.Nemesis.Name}: {violation}")),
            ]));
        return string.Join('\n', lines) + "\n";
    }

    private static async Task<string> CommitAsync()
    {
        var commit = (await Shell.RunAsync("git", "rev-parse", "HEAD"))[..12];
        return (await Shell.RunAsync("git", "status", "--porcelain", "src")).Length > 0 ? commit + " (changed)" : commit;
    }

    private static string Total(List<RunResult> runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{runs.Sum(run => run.Verdict.Violations.Count)} violations over {runs.Sum(run => run.Faults)} faults: "
        + $"{runs.Sum(run => run.Verdict.Acknowledged)} acknowledged writes, "
        + $"{runs.Sum(run => run.Verdict.Shown)} revisions shown by watches over "
        + $"{runs.Sum(run => run.Verdict.Reconnects)} forced reconnects, "
        + $"{runs.Sum(run => run.Verdict.Resolved.Applied)} unknown outcomes found stored once and "
        + $"{runs.Sum(run => run.Verdict.Resolved.NotApplied)} not at all.");

    private static IEnumerable<string> Section(string title, List<string> lines) =>
        lines.Count == 0
            ? []
            : [string.Empty, $"## {title}", string.Empty, .. lines.Select(line => $"- {line}")];

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
