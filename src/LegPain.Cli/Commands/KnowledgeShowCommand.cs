using System.CommandLine;
using Google.Protobuf;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Knowledge.V1;

namespace LegPain.Cli.Commands;

/// <summary>Shows a finding, a cause or a red flag.</summary>
internal static class KnowledgeShowCommand
{
    private const string NotFound = "KNOWLEDGE_NOT_FOUND";

    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var id = new Argument<string>("id")
        {
            Description = "The id of a finding, a cause or a red flag.",
        };
        var command = new Command("show", "Print whatever has this id: findings, causes and red flags.") { id };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var wanted = result.GetRequiredValue(id);

            // A cause and a red flag may share an id, such as pulmonary-embolism: both are shown.
            var finding = await FindAsync(() => client.GetFindingAsync(wanted, cancellationToken));
            var cause = await FindAsync(() => client.GetCauseAsync(wanted, cancellationToken));
            var redFlag = await FindAsync(() => client.GetRedFlagAsync(wanted, cancellationToken));
            if (finding is null && cause is null && redFlag is null)
            {
                terminal.Error.WriteLine($"The knowledge in force has nothing of the id '{wanted}'.");
                return ExitCode.Refused;
            }

            if (result.GetValue(global.Json))
            {
                WriteJson(terminal.Text, finding, cause, redFlag);
                return ExitCode.Ok;
            }

            var renderer = new KnowledgeRenderer(terminal.Out, await SourceNames.ReadAsync(client, cancellationToken));
            renderer.Write(finding, cause, redFlag);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<T?> FindAsync<T>(Func<Task<T>> get)
        where T : class
    {
        try
        {
            return await get();
        }
        catch (LegPainException exception) when (exception.Reason == NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes one document: an object with what was found, by kind.</summary>
    private static void WriteJson(TextWriter output, Finding? finding, Cause? cause, RedFlag? redFlag)
    {
        (string Name, IMessage? Message)[] parts = [("finding", finding), ("cause", cause), ("redFlag", redFlag)];
        output.WriteLine($"{{ {string.Join(", ", parts.Where(part => part.Message is not null)
            .Select(part => $"\"{part.Name}\": {JsonFormatter.Default.Format(part.Message)}"))} }}");
    }
}
