using System.CommandLine;
using System.Text.Json;
using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Commands;

/// <summary>Checks a knowledge pack without a server.</summary>
internal static class KnowledgeLintCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var folder = new Argument<DirectoryInfo>("folder")
        {
            Description = "The folder of the pack. Default: the pack built in.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        folder.AcceptExistingOnly();
        var command = new Command(
            "lint", "Check a knowledge pack: every fault with file and line (exit code 1), or what it holds.")
        {
            folder,
        };
        command.SetAction(terminal, (result, _) =>
            Task.FromResult(Lint(terminal, result.GetValue(folder)?.ToString(), result.GetValue(global.Json))));
        return command;
    }

    private static ExitCode Lint(Terminal terminal, string? folder, bool json)
    {
        try
        {
            var pack = folder is null ? KnowledgePack.BuiltIn : KnowledgePack.Read(PackFile.InFolder(folder));
            WriteSummary(terminal, pack, json);
            return ExitCode.Ok;
        }
        catch (PackException exception)
        {
            WriteFaults(terminal, exception.Faults, folder, json);
            terminal.Error.WriteLine($"The knowledge has {exception.Faults.Count} fault(s).");
            return ExitCode.Refused;
        }
    }

    private static void WriteSummary(Terminal terminal, KnowledgePack pack, bool json)
    {
        var knowledge = pack.Knowledge;
        if (json)
        {
            terminal.Text.WriteLine(JsonSerializer.Serialize(
                new
                {
                    id = knowledge.Id,
                    version = knowledge.Version,
                    hash = knowledge.Hash,
                    languages = pack.Languages,
                    counts = new
                    {
                        findings = knowledge.Findings.Count,
                        causes = knowledge.Causes.Count,
                        redFlags = knowledge.RedFlags.Count,
                        scores = knowledge.Scores.Count,
                        examinations = knowledge.Examinations.Count,
                        advice = knowledge.Advice.Count,
                        sources = knowledge.Sources.Count,
                    },
                    faults = Array.Empty<object>(),
                },
                Indented));
            return;
        }

        terminal.Text.WriteLine(Counts(knowledge, pack.Languages));
        terminal.Text.WriteLine($"{knowledge.Id} {knowledge.Version}, sha256 {knowledge.Hash}");
    }

    private static string Counts(KnowledgeBase knowledge, IReadOnlyCollection<string> languages) =>
        $"No faults: {knowledge.Findings.Count} findings, {knowledge.Causes.Count} causes, "
        + $"{knowledge.RedFlags.Count} red flags, {knowledge.Scores.Count} scores, "
        + $"{knowledge.Examinations.Count} examinations, {knowledge.Advice.Count} pieces of advice, "
        + $"{knowledge.Sources.Count} sources; in {string.Join(", ", languages)}.";

    private static void WriteFaults(Terminal terminal, IReadOnlyList<PackFault> faults, string? folder, bool json)
    {
        if (json)
        {
            terminal.Text.WriteLine(JsonSerializer.Serialize(
                new
                {
                    faults = faults.Select(fault => new
                    {
                        file = fault.File,
                        line = fault.Line,
                        code = $"KB{(int)fault.Code:000}",
                        message = fault.Message,
                    }),
                },
                Indented));
            return;
        }

        foreach (var fault in faults)
        {
            // With the folder before it, a terminal or an editor can open the place.
            terminal.Text.WriteLine(
                fault with { File = folder is null ? fault.File : Path.Combine(folder, fault.File) });
        }
    }
}
