using System.CommandLine;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Commands;

/// <summary>Plays a story of four days against a server of its own and shows what the engine makes of it.</summary>
internal static class DemoCommand
{
    private const string Patient = "demo-traveler";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var fast = new Option<bool>("--fast")
        {
            Description = "No pauses between the steps.",
        };
        var data = new Option<string?>("--data")
        {
            Description = "A folder to keep the journal in. Default: a temporary one, deleted at the end.",
            HelpName = "folder",
        };
        var command = new Command(
            "demo", "Play a story of four days against a server of its own. Start here.")
        {
            fast, data,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            await using var server = await EmbeddedServer.StartAsync(result.GetValue(data), cancellationToken);
            using var client = global.Connect(result, [server.Address]);
            var pause = result.GetValue(fast) || !terminal.IsInteractive ? TimeSpan.Zero : Pause;
            var play = new Play(terminal, client, server.Address, pause,
                await SourceNames.ReadAsync(client, cancellationToken),
                await FindingCatalog.ReadAsync(client, cancellationToken));
            await play.RunAsync(result.GetValue(data) is not null, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>One run of the story.</summary>
    private sealed class Play(
        Terminal terminal, LegPainClient client, Uri server, TimeSpan pause, SourceNames sources,
        FindingCatalog catalog)
    {
        private static readonly Style Bold = new(decoration: Decoration.Bold);
        private static readonly Style Dim = new(decoration: Decoration.Dim);

        private readonly Page _page = new(terminal.Out);
        private readonly AssessmentRenderer _renderer = new(terminal.Out, sources, catalog);
        private readonly Channel<Assessment> _heard = Channel.CreateUnbounded<Assessment>();
        private Assessment? _previous;

        public async Task RunAsync(bool keepsData, CancellationToken cancellationToken)
        {
            var now = terminal.Clock.GetUtcNow();
            await IntroduceAsync(cancellationToken);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watching = WatchAsync(end.Token);
            try
            {
                // A demo that is run twice on one folder goes on where the first one ended.
                foreach (var (day, number) in DemoStory.Days.Select((day, index) => (day, index + 1)))
                {
                    await TellAsync(day, number, now, cancellationToken);
                }

                await CorrectAsync(cancellationToken);
            }
            finally
            {
                await end.CancelAsync();
                await watching;
            }

            await CloseAsync(keepsData, cancellationToken);
        }

        private async Task IntroduceAsync(CancellationToken cancellationToken)
        {
            var knowledge = await client.GetKnowledgeAsync(cancellationToken);
            _page.Write(0, new Run("LegPain", Bold), " triages leg pain. This is a whole server in one process at ",
                server.ToString().TrimEnd('/'),
                $", with knowledge {knowledge.Version} ({knowledge.Hash[..12]}), a durable journal "
                + "and a client over a real socket. Every assessment below comes from an open watch.");
            _page.Blank();
        }

        private async Task WatchAsync(CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var assessment in client.WatchAsync(Patient, cancellationToken: cancellationToken))
                {
                    await _heard.Writer.WriteAsync(assessment, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _heard.Writer.Complete();
            }
            catch (LegPainException exception)
            {
                // Whoever waits for the next assessment hears why none comes.
                _heard.Writer.Complete(exception);
            }
        }

        private async Task TellAsync(DemoDay day, int number, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var at = now - TimeSpan.FromDays(day.DaysAgo);
            _page.Rule($"Day {number}, {Times.Weekday(at, terminal.Clock.LocalTimeZone)}", Bold);
            _page.Write(0, day.Headline);
            _page.Write(2, new Run(string.Join("  ", day.Observations), Dim));
            await WaitAsync(cancellationToken);

            var informant = day.ByClinician ? Informant.Clinician : Informant.Patient;
            var observations = catalog.Observations(ObservationNotation.ParseAll(day.Observations), informant);
            foreach (var observation in observations)
            {
                observation.ObservedAt = at.ToTimestamp();
            }

            var reported = await client.ReportObservationsAsync(
                Patient, observations, cancellationToken: cancellationToken);
            await ShowAsync(reported.Revision, cancellationToken);
        }

        private async Task CorrectAsync(CancellationToken cancellationToken)
        {
            _page.Rule("Later the same day", Bold);
            _page.Write(0, "The fever belonged to somebody else: that one observation is marked as entered in error. "
                + "What was said of fever before counts again; the record keeps both.");
            await WaitAsync(cancellationToken);
            var last = DemoStory.Days[^1].Observations.ToList();
            var amended = await client.AmendObservationAsync(
                Patient, _previous!.Revision, last.IndexOf(DemoStory.EnteredInError),
                cancellationToken: cancellationToken);
            await ShowAsync(amended.Revision, cancellationToken);
        }

        /// <summary>Shows what the watch delivers, up to a revision.</summary>
        private async Task ShowAsync(long revision, CancellationToken cancellationToken)
        {
            Assessment assessment;
            do
            {
                assessment = await _heard.Reader.ReadAsync(cancellationToken);
            }
            while (assessment.Revision < revision);

            _page.Blank();
            _renderer.Write(assessment, _previous);
            _page.Blank();
            _previous = assessment;
            await WaitAsync(cancellationToken);
        }

        private async Task CloseAsync(bool keepsData, CancellationToken cancellationToken)
        {
            _page.Rule("What the journal holds", Bold);
            var events = new EventsRenderer(terminal.Out);
            await foreach (var item in client.ListEventsAsync(Patient, cancellationToken: cancellationToken))
            {
                events.Write(item);
            }

            _page.Blank();
            if (keepsData)
            {
                _page.Write(0, "The journal is kept. See it again: legpain serve --data <folder>, "
                    + $"then legpain events --patient {Patient}.");
            }

            const string Reminder =
                "LegPain supports a clinician's decision; it is no diagnosis, and it replaces no examination.";
            _page.Write(0, new Run(Reminder, Bold));
        }

        private Task WaitAsync(CancellationToken cancellationToken) =>
            pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, terminal.Clock, cancellationToken);
    }
}
