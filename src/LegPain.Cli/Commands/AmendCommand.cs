using System.CommandLine;

namespace LegPain.Cli.Commands;

/// <summary>Marks one observation as entered in error.</summary>
internal static class AmendCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var revision = new Option<long>("--revision")
        {
            Description = "The revision that recorded the observation ('legpain events' shows it).",
            HelpName = "n",
            Required = true,
        };
        var index = new Option<int>("--index")
        {
            Description = "Its position in that revision, from 0.",
            HelpName = "i",
            Required = true,
        };
        var requestId = Arguments.RequestId();
        var expected = Arguments.ExpectedRevision();
        var full = Arguments.Full();
        var command = new Command(
            "amend", "Mark one observation as entered in error, and print the assessment without it.")
        {
            patient, revision, index, requestId, expected, full,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var request = Arguments.Request(
                result.GetValue(requestId), result.GetValue(expected), result.GetValue(full));
            var assessment = await client.AmendObservationAsync(
                result.GetRequiredValue(patient), result.GetValue(revision), result.GetValue(index), request,
                cancellationToken);
            await Answer.WriteAsync(
                terminal, client, assessment, result.GetValue(global.Json), result.GetValue(full), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
