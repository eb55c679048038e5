using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Compares two assessments: of what is supposed, of two revisions, of two packs.</summary>
internal static class CompareCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.PatientOrNobody();
        var observations = Arguments.Observations();
        var revision = Arguments.Revision(description: "The side before: an earlier revision. Default: the newest.");
        var asOf = Arguments.AsOf();
        var from = Arguments.Knowledge("--from-knowledge", "The side before: other loaded knowledge.");
        var whatIf = new Option<string[]>("--what-if")
        {
            Description = "The side after: what is supposed to be so besides, written as observations are.",
            HelpName = "finding",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var toRevision = Arguments.Revision("--to-revision", "The side after: another revision.");
        var knowledge = Arguments.Knowledge("--knowledge", "The side after: other loaded knowledge.");
        var command = new Command("compare", "Show what findings, a revision or other knowledge would change.")
        {
            patient, observations, revision, asOf, from, whatIf, toRevision, knowledge,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            var notations = ObservationNotation.ParseAll(result.GetRequiredValue(observations));
            var supposed = ObservationNotation.ParseAll(result.GetRequiredValue(whatIf));
            using var client = global.Connect(result);
            var catalog = await FindingCatalog.ReadAsync(client, cancellationToken);
            var subject = Arguments.Subject(
                result.GetValue(patient), catalog.Observations(notations, Informant.Unspecified),
                result.GetValue(revision), result.GetValue(asOf), result.GetValue(from));
            var alternative = new Alternative
            {
                Observations = { catalog.Observations(supposed, Informant.Unspecified) },
                Knowledge = result.GetValue(knowledge),
            };
            if (result.GetValue(toRevision) is { } to)
            {
                alternative.Revision = to;
                alternative.AsOf = result.GetValue(asOf)?.ToTimestamp();
            }

            var comparison = await client.CompareAssessmentAsync(subject, alternative, cancellationToken);
            if (result.GetValue(global.Json))
            {
                JsonText.WriteDocument(terminal.Text, comparison);
            }
            else
            {
                new ComparisonRenderer(terminal.Out).Write(comparison);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
