using System.CommandLine;
using LegPain.Cli.Notation;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Records what was observed.</summary>
internal static class ReportCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var findings = Arguments.Findings();
        var requestId = Arguments.RequestId();
        var expected = Arguments.ExpectedRevision();
        var full = Arguments.Full();
        var clinician = new Option<bool>("--clinician")
        {
            Description = "A clinician says so, not the patient.",
        };
        var command = new Command(
            "report", "Record what was observed of a patient, and print the assessment that follows.")
        {
            patient, findings, requestId, expected, clinician, full,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            var notations = ObservationNotation.ParseAll(result.GetRequiredValue(findings));
            using var client = global.Connect(result);
            var catalog = await FindingCatalog.ReadAsync(client, cancellationToken);
            var observations = catalog.Observations(
                notations, result.GetValue(clinician) ? Informant.Clinician : Informant.Patient);
            var request = Arguments.Request(
                result.GetValue(requestId), result.GetValue(expected), result.GetValue(full));
            var assessment = await client.ReportObservationsAsync(
                result.GetRequiredValue(patient), observations, request, cancellationToken);
            await Answer.WriteAsync(
                terminal, client, assessment, result.GetValue(global.Json), result.GetValue(full), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
