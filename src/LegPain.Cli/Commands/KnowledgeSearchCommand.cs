using System.CommandLine;
using LegPain.Cli.Rendering;
using LegPain.Protocol.Knowledge.V1;

namespace LegPain.Cli.Commands;

/// <summary>Finds the findings that words stand for.</summary>
internal static class KnowledgeSearchCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var words = new Argument<string[]>("word")
        {
            Description = "Words of a complaint.",
            Arity = ArgumentArity.OneOrMore,
        };
        var max = new Option<int>("--max")
        {
            Description = "The most to print, 1 to 100. Default: 10.",
            HelpName = "n",
        };
        var command = new Command("search", "Find the findings that can be reported, by words.") { words, max };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var findings = await client.SearchFindingsAsync(
                string.Join(' ', result.GetRequiredValue(words)), result.GetValue(max), cancellationToken);
            if (result.GetValue(global.Json))
            {
                JsonText.WriteDocument(terminal.Text, new SearchFindingsResponse { Findings = { findings } });
                return ExitCode.Ok;
            }

            if (findings.Count == 0)
            {
                terminal.Error.WriteLine("Nothing matches.");
            }

            var renderer = new KnowledgeRenderer(terminal.Out);
            foreach (var finding in findings)
            {
                renderer.WriteShort(finding);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
