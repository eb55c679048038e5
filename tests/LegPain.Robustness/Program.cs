using System.Globalization;
using LegPain.Robustness;
using LegPain.Robustness.Checking;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;
using LegPain.Robustness.Nemeses;
using LegPain.Robustness.Workload;

switch (args)
{
    case ["list"]:
        foreach (var nemesis in Nemesis.All)
        {
            var obstacle = nemesis.Obstacle() is { } why ? $" ({why})" : string.Empty;
            Console.WriteLine($"{nemesis.Name,-28} {nemesis.Says}{obstacle}");
        }

        return 0;
    case ["run", var name, ..] when Nemesis.All.FirstOrDefault(one => one.Name == name) is { } nemesis:
        var length = TimeSpan.FromSeconds(Option("--seconds", 30));
        var single = await Run.RunAsync(
            nemesis, length, Option("--seed", Environment.TickCount & 0xffff), Option("--at-least", 1),
            new LoadShape());
        Console.WriteLine(Report.Text(single));
        if (single.Passed && !args.Contains("--keep"))
        {
            single.Folder.Delete();
        }
        else
        {
            Console.WriteLine($"histories and logs: {single.Folder.Path}");
        }

        return single.Passed ? 0 : 1;
    case ["all", ..]:
        return await FullRun.RunAsync(Option("--seed", 1), Option("--percent", 100), Text("--only"));
    case ["judge", var folder]:
        var verdict = Judge.Of(HistoryFolder.Read(folder));
        Console.WriteLine(Report.Text(verdict));
        return verdict.Violations.Count == 0 ? 0 : 1;
    case ["clean"]:
        foreach (var removed in await RunFolder.CleanAsync())
        {
            Console.WriteLine($"removed {removed}");
        }

        return 0;
    default:
        Console.Error.WriteLine("list | run NEMESIS [--seconds N] [--seed S] [--at-least COUNT] [--keep]");
        Console.Error.WriteLine("all [--seed S] [--percent P] [--only PREFIX] | judge FOLDER | clean");
        return 2;
}

int Option(string name, int otherwise) =>
    Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
