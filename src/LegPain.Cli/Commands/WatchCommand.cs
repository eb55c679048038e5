using System.CommandLine;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Shows every assessment of a patient as it comes, until interrupted.</summary>
internal static class WatchCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var after = new Option<long>("--after")
        {
            Description = "Only assessments after this revision.",
            HelpName = "n",
        };
        var full = Arguments.Full();
        var command = new Command(
            "watch", "Print every assessment of a patient as it comes, until interrupted (exit code 130).")
        {
            patient, after, full,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);

            // A watch waits for a server for as long as it takes; a wrong address should be told at once.
            var sources = await SourceNames.ReadAsync(client, cancellationToken);
            var renderer = new AssessmentRenderer(
                terminal.Out, sources, await FindingCatalog.ReadAsync(client, cancellationToken));
            var page = new Page(terminal.Out);
            var json = result.GetValue(global.Json);
            Assessment? previous = null;
            var watch = client.WatchAsync(
                result.GetRequiredValue(patient), result.GetValue(after), Arguments.View(result.GetValue(full)),
                cancellationToken);
            await foreach (var assessment in watch)
            {
                if (json)
                {
                    JsonText.WriteLine(terminal.Text, assessment);
                    continue;
                }

                page.Rule($"Revision {assessment.Revision}, {Times.Utc(assessment.RecordedAt.ToDateTimeOffset())}");
                renderer.Write(assessment, previous, result.GetValue(full));
                page.Blank();
                previous = assessment;
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
