using System.CommandLine;

namespace LegPain.Cli.Commands;

/// <summary>Shows the assessment of a patient.</summary>
internal static class AssessmentCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var revision = new Option<long?>("--revision")
        {
            Description = "An earlier revision. Default: the newest.",
            HelpName = "n",
        };
        var asOf = Arguments.AsOf();
        var full = Arguments.Full();
        var command = new Command("assessment", "Print the assessment of a patient.") { patient, revision, asOf, full };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var isFull = result.GetValue(full);
            var assessment = await client.GetAssessmentAsync(
                result.GetRequiredValue(patient), result.GetValue(revision), result.GetValue(asOf),
                Arguments.View(isFull),
                cancellationToken);
            await Answer.WriteAsync(
                terminal, client, assessment, result.GetValue(global.Json), isFull, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
