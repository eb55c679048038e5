using System.CommandLine;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Explains where one cause stands.</summary>
internal static class ExplainCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var cause = new Argument<string>("cause") { Description = "The id of the cause, such as sciatica." };
        var patient = Arguments.PatientOrNobody();
        var observations = Arguments.Observations();
        var revision = Arguments.Revision();
        var asOf = Arguments.AsOf();
        var knowledge = Arguments.Knowledge("--knowledge", "Other loaded knowledge. Default: the one in force.");
        var command = new Command("explain", "Explain where one cause stands: every number, and what would move it.")
        {
            cause, patient, observations, revision, asOf, knowledge,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            var notations = ObservationNotation.ParseAll(result.GetRequiredValue(observations));
            using var client = global.Connect(result);
            var catalog = await FindingCatalog.ReadAsync(client, cancellationToken);
            var subject = Arguments.Subject(
                result.GetValue(patient), catalog.Observations(notations, Informant.Unspecified),
                result.GetValue(revision), result.GetValue(asOf), result.GetValue(knowledge));
            var explanation = await client.ExplainCauseAsync(
                subject, result.GetRequiredValue(cause), cancellationToken);
            if (result.GetValue(global.Json))
            {
                JsonText.WriteDocument(terminal.Text, explanation);
            }
            else
            {
                new ExplanationRenderer(terminal.Out).Write(explanation);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
