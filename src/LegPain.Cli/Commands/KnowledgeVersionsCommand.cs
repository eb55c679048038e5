using System.CommandLine;
using LegPain.Protocol.Knowledge.V1;

namespace LegPain.Cli.Commands;

/// <summary>Lists the knowledge that a server has loaded.</summary>
internal static class KnowledgeVersionsCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var command = new Command("versions", "List the knowledge the server has loaded; the one in force first.");
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var loaded = await client.ListKnowledgeVersionsAsync(cancellationToken);
            if (result.GetValue(global.Json))
            {
                JsonText.WriteDocument(terminal.Text, new ListKnowledgeVersionsResponse { Knowledge = { loaded } });
                return ExitCode.Ok;
            }

            foreach (var knowledge in loaded)
            {
                var inForce = knowledge.InForce ? ", in force" : string.Empty;
                terminal.Text.WriteLine($"{knowledge.Id} {knowledge.Version}, sha256 {knowledge.Hash}{inForce}");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
