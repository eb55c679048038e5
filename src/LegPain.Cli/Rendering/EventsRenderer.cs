using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Writes the events of a patient as a timeline.</summary>
internal sealed class EventsRenderer(IAnsiConsole console)
{
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes one event: what happened, and what was said of it at the time.</summary>
    public void Write(Event item)
    {
        _page.Write(0,
            new Run($"{item.Revision,3}", new Style(decoration: Decoration.Bold), Unbroken: true),
            "  ", new Run(Times.Utc(ObservedAt(item)), Dim), "  ",
            new Run(UrgencyText.Word(item.Urgency), UrgencyText.Ink(item.Urgency)), "  ", What(item));
        if (item.KindCase == Event.KindOneofCase.ObservationsReported)
        {
            _page.Write(5, string.Join(", ", item.ObservationsReported.Observations
                .Select(recorded => ObservationText.Of(recorded.Observation))));
        }

        if (item.RaisedRedFlags.Count > 0)
        {
            _page.Write(5, new Run($"! {string.Join(", ", item.RaisedRedFlags)}", UrgencyText.Ink(item.Urgency)));
        }
    }

    private static DateTimeOffset ObservedAt(Event item) =>
        item.ObservationsReported?.Observations.Select(recorded => recorded.Observation.ObservedAt.ToDateTimeOffset())
            .DefaultIfEmpty(item.RecordedAt.ToDateTimeOffset()).Max() ?? item.RecordedAt.ToDateTimeOffset();

    private static string What(Event item) => item.KindCase switch
    {
        Event.KindOneofCase.ObservationsReported => item.ObservationsReported.StartedEpisode
            ? $"episode {item.Episode} begins with {item.ObservationsReported.Observations.Count} observation(s)"
            : $"{item.ObservationsReported.Observations.Count} observation(s)",
        Event.KindOneofCase.ObservationAmended => FormattableString.Invariant(
            $"entered in error: revision {item.ObservationAmended.Revision}, index {item.ObservationAmended.Index}"),
        Event.KindOneofCase.EpisodeStarted => $"episode {item.Episode} started",
        Event.KindOneofCase.EpisodeClosed => $"episode {item.Episode} closed",
        _ => "an event that this program does not know: use a newer one",
    };
}
