using System.CommandLine;

namespace LegPain.Cli.Commands;

/// <summary>Shows the assessment of a patient.</summary>
internal static class AssessmentCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var revision = Arguments.Revision();
        var asOf = Arguments.AsOf();
        var knowledge = Arguments.Knowledge("--knowledge", "Other loaded knowledge. Default: the one in force.");
        var full = Arguments.Full();
        var command = new Command("assessment", "Print the assessment of a patient.")
        {
            patient, revision, asOf, knowledge, full,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var isFull = result.GetValue(full);
            var (id, at, moment) = (
                result.GetRequiredValue(patient), result.GetValue(revision), result.GetValue(asOf));
            var assessment = await (result.GetValue(knowledge) is { } other
                ? client.GetAssessmentAsync(id, other, at, moment, Arguments.View(isFull), cancellationToken)
                : client.GetAssessmentAsync(id, at, moment, Arguments.View(isFull), cancellationToken));
            await Answer.WriteAsync(
                terminal, client, assessment, result.GetValue(global.Json), isFull, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
