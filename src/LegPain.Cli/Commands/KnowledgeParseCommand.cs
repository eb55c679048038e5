using System.CommandLine;
using LegPain.Cli.Rendering;

namespace LegPain.Cli.Commands;

/// <summary>Says what a sentence means, without storing anything.</summary>
internal static class KnowledgeParseCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var text = new Argument<string[]>("text")
        {
            Description = "What somebody says, in the language of --language.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "parse", "Read a sentence: findings, values and what they would raise. Nothing is stored.") { text };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var sentence = string.Join(' ', result.GetRequiredValue(text));
            var parsed = await client.ParseTextAsync(sentence, cancellationToken);
            if (result.GetValue(global.Json))
            {
                JsonText.WriteDocument(terminal.Text, parsed);
                return ExitCode.Ok;
            }

            new MentionRenderer(terminal.Out).Write(sentence, parsed);
            return ExitCode.Ok;
        });
        return command;
    }
}
