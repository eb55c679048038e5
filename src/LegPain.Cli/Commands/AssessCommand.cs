using System.CommandLine;
using LegPain.Cli.Notation;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Assesses observations of nobody: nothing is stored.</summary>
internal static class AssessCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var findings = Arguments.Findings();
        var asOf = Arguments.AsOf();
        var full = Arguments.Full();
        var command = new Command("assess", "Assess observations without storing anything.") { findings, asOf, full };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            var notations = ObservationNotation.ParseAll(result.GetRequiredValue(findings));
            using var client = global.Connect(result);
            var catalog = await FindingCatalog.ReadAsync(client, cancellationToken);
            var isFull = result.GetValue(full);
            var assessment = await client.AssessAsync(
                catalog.Observations(notations, Informant.Unspecified), result.GetValue(asOf), Arguments.View(isFull),
                cancellationToken);
            await Answer.WriteAsync(
                terminal, client, assessment, result.GetValue(global.Json), isFull, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
