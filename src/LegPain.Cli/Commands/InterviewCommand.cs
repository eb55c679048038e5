using System.CommandLine;
using LegPain.Cli.Notation;

namespace LegPain.Cli.Commands;

/// <summary>Asks a person what is still open, one question after another.</summary>
internal static class InterviewCommand
{
    /// <summary>The patient of a server that has no other.</summary>
    private const string OnlyPatient = "interview";

    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = new Option<string?>("--patient", "-p")
        {
            Description = "Your id of the patient. Needed with --server.",
            HelpName = "id",
        };
        var data = new Option<string?>("--data")
        {
            Description = "A folder to keep the answers in. Default: a temporary one, deleted at the end.",
            HelpName = "folder",
        };
        var clinician = Arguments.Clinician();
        var full = Arguments.Full();
        var command = new Command(
            "interview",
            "Ask a person at the terminal, red flags first; every answer is stored before the next question. "
            + "Starts a server of its own unless --server is given.")
        {
            patient, data, clinician, full,
        };
        command.Validators.Add(result =>
        {
            var named = result.GetResult(global.Server) is { Implicit: false };
            if (named && result.GetValue(patient) is null)
            {
                result.AddError("--patient is needed with --server.");
            }

            if (named && result.GetValue(data) is not null)
            {
                result.AddError("--data is for a server of its own: leave out --server.");
            }
        });
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            await using var embedded = global.NamesServer(result)
                ? null : await EmbeddedServer.StartAsync(result.GetValue(data), cancellationToken);
            using var client = embedded is null ? global.Connect(result) : global.Connect(result, [embedded.Address]);
            var json = result.GetValue(global.Json);
            var interview = new Interview(
                json ? terminal.OnError() : terminal, client, await FindingCatalog.ReadAsync(client, cancellationToken),
                result.GetValue(patient) ?? OnlyPatient, result.GetValue(clinician));
            var isFull = result.GetValue(full);
            if (!await interview.RunAsync(cancellationToken))
            {
                terminal.Error.WriteLine("Nothing was answered: there is nothing to assess.");
                return ExitCode.Ok;
            }

            var assessment = await client.GetAssessmentAsync(
                result.GetValue(patient) ?? OnlyPatient, view: Arguments.View(isFull),
                cancellationToken: cancellationToken);
            await Answer.WriteAsync(terminal, client, assessment, json, isFull, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
