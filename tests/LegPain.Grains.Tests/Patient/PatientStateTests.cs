using CsCheck;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Journal;
using Xunit;
using static LegPain.Grains.Tests.Patient.Histories;

namespace LegPain.Grains.Tests.Patient;

public sealed class PatientStateTests
{
    private static readonly DateTimeOffset Start = Reports.Start;

    [Fact]
    public void Fold_FromASnapshotAtAnyRevision_IsTheFoldFromTheBeginning() =>
        Gen.Select(Any, Gen.Double[0, 1]).Sample((events, part) =>
        {
            var at = (int)(part * events.Count);
            var earlier = Fold(events.Take(at));

            var restored = EventCodec.Decode(new JournalSnapshot(at, EventCodec.Encode(earlier)))!;
            var state = events.Skip(at).Aggregate(restored, (s, e) => s.Apply(e.Event, e.RecordedAt));

            Assert.Equal(Show(earlier), Show(restored));
            Assert.Equal(Show(Fold(events)), Show(state));
        }, iter: 500);

    [Fact]
    public void Amendments_OfAnyObservations_LeaveWhatWouldBeKnownWithoutThem() => Any.Sample(events =>
    {
        var amended = events.Select(e => e.Event).OfType<ObservationAmended>()
            .Select(e => (e.Revision, e.Index)).ToHashSet();

        var model = Fold(events.Where(e => e.Event is not ObservationAmended).Select(recorded =>
            recorded.Event is ObservationsReported report
                ? recorded with { Event = report with { Observations = [.. report.Observations.Where(Stands)] } }
                : recorded));

        Assert.Equal(Describe.Of(model.Histories()), Describe.Of(Fold(events).Histories()));

        bool Stands(RecordedObservation observation) => !amended.Contains((observation.Revision, observation.Index));
    }, iter: 1000);

    [Fact]
    public void Histories_OfAnyEvents_AreOrderedAndBounded() => Any.Sample(events =>
    {
        var state = Fold(events);

        var findings = state.Histories().Select(h => h.Finding).ToList();
        Assert.Equal(findings.Order(StringComparer.Ordinal), findings);
        Assert.All(state.Histories(), history =>
        {
            Assert.InRange(history.Points.Count, 1, PatientState.PointsMax);
            Assert.Equal(history.Points.OrderBy(p => p.ObservedAt), history.Points);
            Assert.Equal(history.Points[^1], state.Newest(history.Finding));
        });
        Assert.Equal(events.Count, state.Revision);
        Assert.Equal(
            events.Select(e => e.Event).OfType<ObservationsReported>().Sum(report => report.Observations.Count),
            state.ObservationCount);
    }, iter: 300);

    [Theory]
    [InlineData(15, 0)]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(40, 24)]
    public void Apply_ManyObservationsOfOneFinding_KeepsTheNewest(int count, int dropped)
    {
        var state = Enumerable.Range(0, count)
            .Aggregate(PatientState.Empty, (s, i) => Reported(s, Present("fever", i)));

        var points = Assert.Single(state.Histories()).Points;

        Assert.Equal(
            Enumerable.Range(dropped, count - dropped).Select(i => Start.AddHours(i)),
            points.Select(p => p.ObservedAt));
        Assert.Equal(count, state.ObservationCount);
    }

    [Fact]
    public void Apply_AnOlderObservationThatArrivesLate_DoesNotReplaceTheNewer()
    {
        var state = Reported(PatientState.Empty, Present("fever", 5));

        state = Reported(state, Absent("fever", 3));

        Assert.Equal(Presence.Present, state.Newest("fever")!.Presence);
        Assert.Equal(
            [Presence.Absent, Presence.Present],
            Assert.Single(state.Histories()).Points.Select(p => p.Presence));
    }

    [Fact]
    public void Apply_AnObservationOlderThanAllThatAreKept_IsForgotten()
    {
        var state = Enumerable.Range(10, 16).Aggregate(PatientState.Empty, (s, i) => Reported(s, Present("fever", i)));

        state = Reported(state, Absent("fever", 1));

        Assert.Equal(16, Assert.Single(state.Histories()).Points.Count);
        Assert.DoesNotContain(Assert.Single(state.Histories()).Points, point => point.Presence == Presence.Absent);
    }

    [Fact]
    public void Apply_TwoObservationsOfOneTime_TakesTheLaterRecorded()
    {
        var state = Reported(PatientState.Empty, Present("fever", 5));

        state = Reported(state, Absent("fever", 5));

        Assert.Equal(Presence.Absent, state.Newest("fever")!.Presence);
    }

    [Fact]
    public void Apply_ANewEpisode_KeepsHistoryAndForgetsSymptoms()
    {
        var state = Reported(PatientState.Empty, Present("fever", 1), Present("smoker", 1));
        state = state.Apply(new EpisodeClosed(1), Start.AddDays(1));
        Assert.Equal(["fever", "smoker"], state.Histories().Select(h => h.Finding));

        state = state.Apply(new EpisodeStarted(2), Start.AddDays(2));

        Assert.Equal(["smoker"], state.Histories().Select(h => h.Finding));
        Assert.Equal((2, true, Start.AddDays(2)), (state.Episode, state.EpisodeOpen, state.EpisodeStartedAt));
    }

    [Fact]
    public void Apply_AReportAfterTheEpisodeIsClosed_StartsTheNext()
    {
        var state = Reported(PatientState.Empty, Present("fever", 1), Present("smoker", 1));
        state = state.Apply(new EpisodeClosed(1), Start.AddDays(1));

        state = Reported(state, Present("rigors", 50));

        Assert.Equal(["rigors", "smoker"], state.Histories().Select(h => h.Finding));
        Assert.Equal((2, true), (state.Episode, state.EpisodeOpen));
    }

    [Fact]
    public void Newest_OfAFindingNeverReported_IsNull() => Assert.Null(PatientState.Empty.Newest("fever"));

    private static Observation Present(string finding, int hour) => Reports.Present(finding, Start.AddHours(hour));

    private static Observation Absent(string finding, int hour) => Reports.Absent(finding, Start.AddHours(hour));

    private static PatientState Reported(PatientState state, params Observation[] observations)
    {
        var now = Start.AddDays(30);
        var report = Reports.Report("request", observations);
        return state.Apply(PatientDecider.Decide(state, report, Reports.Pack, now, null).Event!, now);
    }
}
