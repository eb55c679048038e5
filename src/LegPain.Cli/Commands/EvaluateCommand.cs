using System.CommandLine;
using LegPain.Cli.Evaluation;
using LegPain.Knowledge;
using Spectre.Console;

namespace LegPain.Cli.Commands;

/// <summary>Measures the engine on patients whose cause is known. Needs no server.</summary>
internal static class EvaluateCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "The vignettes, one JSON object a line.",
        };
        file.AcceptExistingOnly();
        var knowledge = new Option<DirectoryInfo>("--knowledge", "--pack")
        {
            Description = "A folder with a knowledge pack. Default: the one built in.",
            HelpName = "folder",
        };
        knowledge.AcceptExistingOnly();
        var floors = new Option<string?>("--floors")
        {
            Description = "A file of counts that the figures must reach; exit code 1 when one does not.",
            HelpName = "file",
        };
        var raise = new Option<bool>("--raise-floors")
        {
            Description = "Write what is achieved into the file of --floors, unless a figure is below its floor.",
        };
        var html = new Option<string?>("--html")
        {
            Description = "Write a page with plots and every miss, too.",
            HelpName = "file",
        };
        var questions = new Option<bool>("--questions")
        {
            Description = "Also interview every patient, and count the questions. Takes about a minute.",
        };
        var full = new Option<bool>("--full")
        {
            Description = "Explain every vignette whose first cause is not right.",
        };
        var command = new Command("evaluate", "Measure the engine on patients whose cause is known.")
        {
            file, knowledge, floors, raise, html, questions, full,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(raise) && result.GetValue(floors) is null)
            {
                result.AddError("--raise-floors needs --floors.");
            }
        });
        command.SetAction(terminal, (result, cancellationToken) => Task.Run(() =>
        {
            var source = result.GetRequiredValue(file);
            var vignettes = VignetteFile.Read(source.ToString());
            var pack = result.GetValue(knowledge) is { } folder
                ? KnowledgePack.Read(PackFile.InFolder(folder.ToString())) : KnowledgePack.BuiltIn;
            var isJson = result.GetValue(global.Json);
            var outcomes = Watched(terminal, isJson, "Assessing", vignettes,
                vignette => VignetteRun.Assess(vignette, pack.Knowledge), cancellationToken);
            var interviews = result.GetValue(questions)
                ? Watched(terminal, isJson, "Interviewing", vignettes,
                    vignette => InterviewRun.Measure(vignette, pack.Knowledge), cancellationToken)
                : null;
            var report = new EvaluationReport(source.Name, pack.Knowledge, outcomes, interviews);
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

            if (result.GetValue(html) is { } page)
            {
                File.WriteAllText(page, EvaluationHtml.Write(report));
                terminal.Error.WriteLine($"The page is {page}.");
            }

            return Judge(terminal, checks);
        }, cancellationToken));
        return command;
    }

    /// <summary>Works with a bar that fills, where a person watches and the output is not for a script.</summary>
    private static IReadOnlyList<T> Watched<T>(
        Terminal terminal, bool isJson, string what, IReadOnlyList<Vignette> vignettes, Func<Vignette, T> one,
        CancellationToken cancellationToken) =>
        !isJson && terminal.Out.Profile.Capabilities.Interactive
            ? terminal.Out.Progress().AutoClear(true).Start(context =>
            {
                var bar = context.AddTask(what, maxValue: vignettes.Count);
                return VignetteRun.Each(vignettes, one, () => bar.Increment(1), cancellationToken);
            })
            : VignetteRun.Each(vignettes, one, null, cancellationToken);

    /// <summary>
    /// Compares with the floors, and raises them to what is achieved when no figure is below its own.
    /// </summary>
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
}
