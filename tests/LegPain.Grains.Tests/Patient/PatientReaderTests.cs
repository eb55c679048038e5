using CsCheck;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using Xunit;
using static LegPain.Grains.Tests.Patient.Histories;

namespace LegPain.Grains.Tests.Patient;

public sealed class PatientReaderTests
{
    private static readonly Gen<Observation[]> Supposed = Gen.OneOf(
        Gen.Const(Reports.Present("fever")), Gen.Const(Reports.Absent("fever")), Gen.Const(Reports.Unknown("fever")),
        Gen.Const(Reports.Present("smoker")), Gen.Const(Reports.Unknown("pain-severity")),
        Gen.Int[0, 10].Select(value => Reports.Present("pain-intensity", number: value)))
        .Array[1, 4].Select(list => list.DistinctBy(observation => observation.Finding).ToArray());

    /// <remarks>In an open episode: a report outside of one would begin one.</remarks>
    [Fact]
    public void Read_OfWhatIsSupposed_SaysWhatAReportOfItWould() =>
        Gen.Select(Any, Supposed).Sample((events, supposed) =>
        {
            var state = Fold(events);
            if (!state.EpisodeOpen)
            {
                return;
            }

            var now = state.RecordedAt.AddHours(500);
            var report = PatientDecider.Decide(state, Reports.Report("next", supposed), Reports.Pack, now, null).Event!;

            var (reading, refusal) = PatientReader.Read(
                state, Reports.Terms(supposed: supposed), Reports.Library, now, now);

            Assert.Null(refusal);
            Assert.Equal(state.Revision, reading!.Revision);
            Assert.Equal(
                Describe.Of(PatientReader.Read(state.Apply(report, now), Reports.Pack, now).Assessment),
                Describe.Of(reading.Assessment));
        }, iter: 300);

    [Fact]
    public void Read_ForTheNextReport_KnowsWhatAnEpisodeStartedNowWould() => Any.Sample(events =>
    {
        var state = Fold(events);
        var now = state.RecordedAt.AddDays(1);
        var next = state.EpisodeOpen ? state : state.Apply(new EpisodeStarted(state.Episode + 1), now);

        var (reading, _) = PatientReader.Read(
            state, Reports.Terms() with { ForNextReport = true }, Reports.Library, now, now);

        Assert.Equal(
            (state.Revision, state.Episode, state.EpisodeOpen),
            (reading!.Revision, reading.Episode, reading.EpisodeOpen));
        Assert.Equal(
            Describe.Of(PatientReader.Read(next, Reports.Pack, now).Assessment), Describe.Of(reading.Assessment));
    }, iter: 300);

    [Fact]
    public void Read_WithNothingSupposed_IsThePlainReading() => Any.Sample(events =>
    {
        var state = Fold(events);
        var at = state.RecordedAt.AddDays(1);

        var (reading, _) = PatientReader.Read(state, Reports.Terms(), Reports.Library, at, at);

        Assert.Equal(Describe.Of(PatientReader.Read(state, Reports.Pack, at)), Describe.Of(reading));
    }, iter: 100);
}
