using System.CommandLine;
using LegPain.Cli.Evaluation;
using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Commands;

/// <summary>Measures the engine on patients whose cause is known.</summary>
internal static class EvaluateCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var file = new Argument<string>("file")
        {
            Description = "The vignettes, one JSON object a line.",
        };
        var knowledge = new Option<string?>("--knowledge", "--pack")
        {
            Description = "A folder with a knowledge pack. Default: the one built in.",
            HelpName = "folder",
        };
        var floors = new Option<string?>("--floors")
        {
            Description = "A file of counts that the figures must reach; exit code 1 when one does not.",
            HelpName = "file",
        };
        var raise = new Option<bool>("--raise-floors")
        {
            Description = "Write what is achieved into the file of --floors. Never lowers one.",
        };
        var full = new Option<bool>("--full")
        {
            Description = "Explain every vignette whose first cause is not right.",
        };
        var command = new Command("evaluate", "Measure the engine on patients whose cause is known.")
        {
            file, knowledge, floors, raise, full,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(raise) && result.GetValue(floors) is null)
            {
                result.AddError("--raise-floors needs --floors.");
            }
        });
        command.SetAction(terminal, (result, cancellationToken) =>
        {
            var path = result.GetRequiredValue(file);
            var vignettes = VignetteFile.Read(path);
            var pack = result.GetValue(knowledge) is { } folder
                ? KnowledgePack.Read(PackFile.InFolder(folder)) : KnowledgePack.BuiltIn;
            var isJson = result.GetValue(global.Json);
            var report = new EvaluationReport(
                Path.GetFileName(path), pack.Knowledge,
                Assess(terminal, vignettes, pack.Knowledge, isJson, cancellationToken));
            var checks = result.GetValue(floors) is { } floorsPath
                ? Check(floorsPath, report, result.GetValue(raise)) : [];
            if (isJson)
            {
                EvaluationJson.Write(terminal.Text, report, checks);
            }
            else
            {
                var text = new EvaluationText(terminal.Out);
                text.Write(report, result.GetValue(full));
                text.Write(checks);
            }

            return Task.FromResult(Judge(terminal, checks));
        });
        return command;
    }

    /// <summary>Compares with the floors, and raises them to what is achieved when nothing is below its floor.</summary>
    private static IReadOnlyList<FloorCheck> Check(string path, EvaluationReport report, bool raise)
    {
        if (raise && (!File.Exists(path) || Floors.Check(path, report).All(check => check.Achieved >= check.Floor)))
        {
            Floors.Write(path, report);
        }

        return Floors.Check(path, report);
    }

    private static ExitCode Judge(Terminal terminal, IReadOnlyList<FloorCheck> checks)
    {
        var below = checks.Where(check => check.Achieved < check.Floor).ToList();
        foreach (var check in below)
        {
            terminal.Error.WriteLine($"{check.Figure} is {check.Achieved}, below its floor of {check.Floor}.");
        }

        return below.Count == 0 ? ExitCode.Ok : ExitCode.Refused;
    }

    private static List<Outcome> Assess(
        Terminal terminal, IReadOnlyList<Vignette> vignettes, KnowledgeBase knowledge, bool isJson,
        CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>(vignettes.Count);
        foreach (var vignette in vignettes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            outcomes.Add(VignetteRun.Assess(vignette, knowledge));
        }

        return outcomes;
    }
}
