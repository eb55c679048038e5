using System.CommandLine;
using LegPain.Cli.Rendering;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Shows what happened to a patient, in order.</summary>
internal static class EventsCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var patient = Arguments.Patient();
        var after = new Option<long>("--after")
        {
            Description = "Only events after this revision.",
            HelpName = "n",
        };
        var command = new Command("events", "Print the events of a patient, oldest first.") { patient, after };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            using var client = global.Connect(result);
            var events = client.ListEventsAsync(
                result.GetRequiredValue(patient), result.GetValue(after), cancellationToken: cancellationToken);
            if (result.GetValue(global.Json))
            {
                var document = new ListEventsResponse();
                await foreach (var item in events)
                {
                    document.Events.Add(item);
                }

                JsonText.WriteDocument(terminal.Text, document);
                return ExitCode.Ok;
            }

            var renderer = new EventsRenderer(terminal.Out);
            await foreach (var item in events)
            {
                renderer.Write(item);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
