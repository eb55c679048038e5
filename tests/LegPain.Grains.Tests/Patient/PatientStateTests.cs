using CsCheck;
using LegPain.Engine.Inference;
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

    /// <remarks>What is reported in order: late reports may find forgotten what they would have joined.</remarks>
    [Fact]
    public void Apply_ReportsInOrder_ForgetsNothingOfTheAnswerInForce() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5], Gen.Int[0, 8], Gen.Int[0, 20]).List[1, 80].Sample(reports =>
        {
            var hour = 0;
            var all = reports.Select(report => OfOneWound(report, hour += report.Item3)).ToList();
            var now = Start.AddHours(hour);

            var state = all.Aggregate(PatientState.Empty, (s, o) => Reported(s, o));

            var kept = ClinicalCase.Build(Reports.Pack, state.Histories(), now);
            var known = ClinicalCase.Build(Reports.Pack, ClinicalCase.Group(all), now);
            Assert.Equal(known.Answers.ToArray(), kept.Answers.ToArray());
        }, iter: 300);

    [Theory]
    [InlineData(15, 0)]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(40, 24)]
    public void Apply_ManyObservationsThatAgree_KeepsTheFirstAndTheNewest(int count, int dropped)
    {
        var state = Enumerable.Range(0, count)
            .Aggregate(PatientState.Empty, (s, i) => Reported(s, Present("fever", i)));

        var points = Assert.Single(state.Histories()).Points;

        Assert.Equal(
            Enumerable.Range(dropped + 1, count - dropped - 1).Prepend(0).Select(i => Start.AddHours(i)),
            points.Select(p => p.ObservedAt));
        Assert.Equal(count, state.ObservationCount);
    }

    [Fact]
    public void Apply_ManyObservationsThatTakeTurns_KeepsTheNewest()
    {
        var state = Enumerable.Range(0, 40).Aggregate(
            PatientState.Empty, (s, i) => Reported(s, i % 2 == 0 ? Present("fever", i) : Absent("fever", i)));

        Assert.Equal(
            Enumerable.Range(24, 16).Select(i => Start.AddHours(i)),
            Assert.Single(state.Histories()).Points.Select(p => p.ObservedAt));
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

    [Theory]
    [InlineData(Presence.Absent)]
    [InlineData(Presence.Present)]
    public void Apply_AnObservationOlderThanAllThatAreKept_IsForgotten(Presence presence)
    {
        var state = Enumerable.Range(10, 16).Aggregate(PatientState.Empty, (s, i) => Reported(s, Present("fever", i)));

        state = Reported(state, Present("fever", 1) with { Presence = presence });

        Assert.Equal(
            Enumerable.Range(10, 16).Select(i => Start.AddHours(i)),
            Assert.Single(state.Histories()).Points.Select(p => p.ObservedAt));
    }

    [Fact]
    public void Apply_AnAbsenceThatArrivesLate_BreaksTheRunWhosePointsAreForgotten()
    {
        var state = Enumerable.Range(0, 40).Aggregate(PatientState.Empty, (s, i) => Reported(s, Present("fever", i)));

        state = Reported(state, Absent("fever", 3));

        Assert.Equal(
            Enumerable.Range(25, 15).Prepend(3).Select(i => Start.AddHours(i)),
            Assert.Single(state.Histories()).Points.Select(p => p.ObservedAt));
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
    public void Apply_ANewEpisode_ForgetsThatHistoryIsNotKnown()
    {
        var state = Reported(PatientState.Empty, Reports.Unknown("smoker"));
        Assert.Equal(["smoker"], state.Histories().Select(h => h.Finding));
        state = state.Apply(new EpisodeClosed(1), Start.AddDays(31));

        Assert.Empty(state.ForNextReport().Histories());
        Assert.Empty(state.Apply(new EpisodeStarted(2), Start.AddDays(32)).Histories());
    }

    /// <remarks>As the public API numbers them: no reason, not asked, not sure, declined, not possible.</remarks>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Histories_OfAnAnswerTakenBack_AreDeclinedUnlessItWasNeverAsked(int reason, bool declined)
    {
        var now = Start.AddDays(30);
        var taken = Reports.Report("r", Reports.Unknown("fever")) with
        {
            Observations = [new(Reports.Unknown("fever"), null, 0, reason)],
        };

        var state = Reported(PatientState.Empty, Present("fever", 5));
        state = state.Apply(PatientDecider.Decide(state, taken, Reports.Pack, now, null).Event!, now);

        var known = ClinicalCase.Build(Reports.Pack, state.Histories(), now);
        Assert.Empty(known.Answers.ToArray());
        Assert.Equal(declined ? [Reports.Pack.FindFinding("fever")!.Index] : [], known.Declined.ToArray());
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

    /// <summary>A choice, a number or neither, of which now and then the beginning is told.</summary>
    private static Observation OfOneWound((int What, int Value, int Gap, int Began) report, int hour)
    {
        var at = Start.AddHours(hour);
        var said = report switch
        {
            (What: 0, _, _, _) => Reports.Present("fever", at) with { Presence = (Presence)(1 + (report.Value / 5)) },
            (What: 1, _, _, _) => Reports.Present("pain-intensity", at, report.Value),
            _ => Reports.Present("skin-break", at) with { Options = [report.Value > 4 ? "leg-ulcer" : "foot-ulcer"] },
        };
        return report.Began == 0 && said.Presence == Presence.Present ? said with { StartedAt = at.AddDays(-1) } : said;
    }

    private static Observation Present(string finding, int hour) => Reports.Present(finding, Start.AddHours(hour));

    private static Observation Absent(string finding, int hour) => Reports.Absent(finding, Start.AddHours(hour));

    private static PatientState Reported(PatientState state, params Observation[] observations)
    {
        var now = Start.AddDays(30);
        var report = Reports.Report("request", observations);
        return state.Apply(PatientDecider.Decide(state, report, Reports.Pack, now, null).Event!, now);
    }
}
