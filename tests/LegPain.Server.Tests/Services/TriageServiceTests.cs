using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

/// <summary>What a client of the triage API sees, through real calls.</summary>
public sealed class TriageServiceTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ReportObservations_OfASwollenCalf_AsksForASameDayScan()
    {
        var report = Report("p", "r1", Number("age", 54), Option("leg-swelling", "one-calf"),
            Present("loc-calf"), Present("long-travel"));

        var assessment = (await _server.Triage.ReportObservationsAsync(report, Soon)).Assessment;

        Assert.Equal((1, Urgency.SameDay, Service.SameDayClinician),
            (assessment.Revision, assessment.Disposition.Urgency, assessment.Disposition.Service));
        Assert.Equal(["dvt-suspected"], assessment.Disposition.Reasons);
        Assert.Equal("deep-vein-thrombosis", assessment.Causes[0].Id);
        Assert.Contains(
            "leg-swelling=one-calf", string.Join(' ', assessment.RedFlags[0].Grounds), StringComparison.Ordinal);
        Assert.Equal("venous-duplex", assessment.Examinations[0].Id);
        Assert.Contains(assessment.Advice, advice => advice.Id == "net-same-day");
        Assert.Equal(AssessmentStatus.Draft, assessment.Status);
        Assert.Equal(5, assessment.Causes.Count);
    }

    [Fact]
    public async Task ReportObservations_Explained_AddsUpExactly()
    {
        var report = Report("p", "r1", Number("age", 54), Option("leg-swelling", "one-calf"),
            Present("loc-calf"), Absent("fever"));
        report.View = AssessmentView.Full;

        var assessment = (await _server.Triage.ReportObservationsAsync(report, Soon)).Assessment;

        Assert.All(assessment.Causes, cause =>
        {
            var counted = cause.Contributions.Where(c => c.Status == ContributionStatus.Counted)
                .Sum(c => (decimal)c.Weight);
            Assert.Equal((decimal)cause.LogOdds, (decimal)cause.PriorLogOdds + counted);
        });
        Assert.Equal(1, assessment.Causes.Sum(cause => cause.Probability), 4);
        Assert.Contains(assessment.Causes, cause => cause.Id == "something-else");
    }

    [Fact]
    public async Task ReportObservations_Repeated_AnswersTheSameBytesAndStoresOnce()
    {
        var report = Report("p", "r1", Option("leg-swelling", "one-calf"));

        var first = await _server.Triage.ReportObservationsAsync(report, Soon);
        await _server.Triage.ReportObservationsAsync(Report("p", "r2", Present("fever")), Soon);
        var repeat = await _server.Triage.ReportObservationsAsync(report, Soon);

        Assert.Equal(first.ToByteString(), repeat.ToByteString());
        var events = await _server.Triage.ListEventsAsync(new() { Patient = "p" }, Soon);
        Assert.Equal([1, 2], events.Events.Select(e => e.Revision));
    }

    [Fact]
    public async Task AmendObservation_OfTheOnlyAlarm_TakesItBackAndKeepsTheRecord()
    {
        await _server.Triage.ReportObservationsAsync(
            Report("p", "r1", Number("age", 50), Present("urinary-retention")), Soon);

        var amended = await _server.Triage.AmendObservationAsync(
            new() { Patient = "p", RequestId = "a1", Revision = 1, Index = 1 }, Soon);

        Assert.Equal(2, amended.Assessment.Revision);
        Assert.NotEqual(Urgency.Immediate, amended.Assessment.Disposition.Urgency);
        Assert.Contains("cauda-equina", amended.Assessment.OpenRedFlags);
        var events = (await _server.Triage.ListEventsAsync(new() { Patient = "p" }, Soon)).Events;
        Assert.Equal("urinary-retention", events[0].ObservationsReported.Observations[1].Observation.Finding);
        Assert.Equal(
            (Urgency.Immediate, 1L, 1),
            (events[0].Urgency, events[1].ObservationAmended.Revision, events[1].ObservationAmended.Index));
        Assert.Contains("cauda-equina", events[0].RaisedRedFlags);
    }

    [Fact]
    public async Task Episodes_KeepHistoryAndDropSymptoms()
    {
        await _server.Triage.ReportObservationsAsync(
            Report("p", "r1", Number("age", 50), Present("prior-vte"), Option("leg-swelling", "one-calf")), Soon);
        await _server.Triage.CloseEpisodeAsync(new() { Patient = "p", RequestId = "c1" }, Soon);

        var started = await _server.Triage.StartEpisodeAsync(
            new() { Patient = "p", RequestId = "s1", View = AssessmentView.Full }, Soon);

        Assert.Equal((2, true), (started.Assessment.Episode.Number, started.Assessment.Episode.Open));
        Assert.DoesNotContain(started.Assessment.RedFlags, flag => flag.State == RedFlagState.Raised);
        var dvt = started.Assessment.Causes.Single(cause => cause.Id == "deep-vein-thrombosis");
        Assert.Equal("prior-vte", Assert.Single(dvt.Contributions).Finding);
    }

    [Fact]
    public async Task GetAssessment_AtAnEarlierRevision_IsWhatWasSaidThen()
    {
        var first = await _server.Triage.ReportObservationsAsync(
            Report("p", "r1", Option("leg-swelling", "one-calf")), Soon);
        await _server.Triage.ReportObservationsAsync(Report("p", "r2", Present("chest-pain")), Soon);

        var then = await _server.Triage.GetAssessmentAsync(new() { Patient = "p", Revision = 1 }, Soon);
        var now = await _server.Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon);

        Assert.Equal(first.Assessment, then.Assessment);
        Assert.Equal((2, Urgency.Immediate), (now.Assessment.Revision, now.Assessment.Disposition.Urgency));
    }

    [Fact]
    public async Task GetAssessment_AsOfSevenWeeksLater_HasThePainPersisting()
    {
        var report = Report("p", "r1", Number("symptom-duration", 3), Present("loc-calf"));
        var first = await _server.Triage.ReportObservationsAsync(report, Soon);

        var sevenWeeksOn = first.Assessment.AssessedAt.ToDateTime().AddDays(49);
        var later = await _server.Triage.GetAssessmentAsync(
            new() { Patient = "p", AsOf = Timestamp.FromDateTime(sevenWeeksOn) }, Soon);

        Assert.DoesNotContain(first.Assessment.RedFlags, flag => flag.Id == "pain-persistent");
        Assert.Contains(later.Assessment.RedFlags, flag => flag.Id == "pain-persistent");
        Assert.True(first.Assessment.ChangesAt.ToDateTime() < sevenWeeksOn);
    }

    [Fact]
    public async Task GetAssessment_AtTheEndOfTime_HasNoNextChange()
    {
        await _server.Triage.ReportObservationsAsync(
            Report("p", "r1", Number("symptom-duration", 3), Number("age", 30)), Soon);

        var last = await _server.Triage.GetAssessmentAsync(
            new() { Patient = "p", AsOf = Timestamp.FromDateTimeOffset(DateTimeOffset.MaxValue) }, Soon);

        Assert.Null(last.Assessment.ChangesAt);
    }

    [Fact]
    public async Task Assess_StoresNothing()
    {
        var assessed = await _server.Triage.AssessAsync(new() { Observations = { Present("leg-cold") } }, Soon);

        Assert.Equal((0L, Urgency.Immediate), (assessed.Assessment.Revision, assessed.Assessment.Disposition.Urgency));
        Assert.Null(assessed.Assessment.RecordedAt);
    }

    [Fact]
    public async Task ListEvents_PageByPage_IsWholeAndInOrder()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _server.Triage.ReportObservationsAsync(Report("p", $"r{i}", Number("pain-intensity", i)), Soon);
        }

        var revisions = new List<long>();
        ListEventsResponse page;
        do
        {
            page = await _server.Triage.ListEventsAsync(
                new() { Patient = "p", AfterRevision = revisions.LastOrDefault(), PageSize = 2 }, Soon);
            revisions.AddRange(page.Events.Select(e => e.Revision));
        }
        while (page.More);

        Assert.Equal([1, 2, 3, 4, 5], revisions);
    }

    [Fact]
    public async Task Patients_AreApart()
    {
        await _server.Triage.ReportObservationsAsync(Report("one", "r1", Present("leg-cold")), Soon);
        var other = await _server.Triage.ReportObservationsAsync(Report("two", "r1", Absent("leg-cold")), Soon);

        Assert.Equal(1, other.Assessment.Revision);
        Assert.NotEqual(Urgency.Immediate, other.Assessment.Disposition.Urgency);
    }
}
