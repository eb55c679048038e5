using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

public sealed class PatientGrainTests(PatientCluster cluster)
{
    [Fact]
    public async Task Submit_AReport_IsAssessedAndDurable()
    {
        const string Key = "report";

        var reading = await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever"), Present("smoker")));

        Assert.Equal((1, 1, true), (reading.Revision, reading.Episode, reading.EpisodeOpen));
        Assert.Equal(Pack.Hash, reading.Assessment.Knowledge.Hash);
        var record = Assert.Single(await cluster.Journal.RecordsAsync(Key));
        var stored = EventCodec.Decode(record);
        Assert.Equal(["fever", "smoker"], Assert.IsType<ObservationsReported>(stored.Event)
            .Observations.Select(o => o.Observation.Finding));
        Assert.Equal(reading.Assessment.Disposition.Urgency, stored.Outcome.Urgency);
        Assert.Equal((Pack.Id, Pack.Version, Pack.Hash),
            (stored.Outcome.KnowledgeId, stored.Outcome.KnowledgeVersion, stored.Outcome.KnowledgeHash));
        var head = (await cluster.Journal.ReadHeadAsync(Key, TestContext.Current.CancellationToken).InTime())!;
        Assert.Equal((Tenant, 1L, (int)stored.Outcome.Urgency, reading.ChangesAt, reading.RecordedAt),
            (head.Tenant, head.Sequence, head.Rank, head.DueAt, head.UpdatedAt));
    }

    [Fact]
    public async Task Submit_AfterADeactivation_GoesOnFromTheJournal()
    {
        const string Key = "deactivated";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        var before = await cluster.Patient(Key).ReadAsync(1);
        await cluster.DeactivateAsync(Key);

        var after = await cluster.Patient(Key).ReadAsync(1, before.Reading!.AssessedAt);
        var next = await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")));

        Assert.Equal(Describe.Of(before), Describe.Of(after));
        Assert.Equal(2, next.Revision);
    }

    [Fact]
    public async Task Submit_TheSameRequestAgain_AnswersTheSameAndStoresOnce()
    {
        const string Key = "repeat";
        var report = Report("a", Present("fever"));
        var first = await cluster.Patient(Key).AcceptedAsync(report);

        var at = await cluster.Patient(Key).AcceptedAsync(report);
        await cluster.Patient(Key).AcceptedAsync(Report("b", Absent("fever")));
        cluster.Clock.Advance(TimeSpan.FromHours(1));
        var past = await cluster.Patient(Key).AcceptedAsync(report);
        await cluster.DeactivateAsync(Key);
        var replayed = await cluster.Patient(Key).AcceptedAsync(report);

        Assert.All([at, past, replayed], reading => Assert.Equal(Describe.Of(first), Describe.Of(reading)));
        Assert.Equal(2, (await cluster.Journal.RecordsAsync(Key)).Count);
    }

    [Fact]
    public async Task Submit_ARepeatThatWouldBeRefusedNow_AnswersAsTheFirstTime()
    {
        const string Key = "repeat-refused";
        var patient = cluster.Patient(Key);
        var report = Report("a", Present("fever")) with { ExpectedRevision = 0 };
        var reported = await patient.AcceptedAsync(report);
        var amended = await patient.AcceptedAsync(Amend("b", 1, 0));
        var closed = await patient.AcceptedAsync(ClosesEpisode("c"));

        Assert.Equal(Describe.Of(reported), Describe.Of(await patient.AcceptedAsync(report)));
        Assert.Equal(Describe.Of(amended), Describe.Of(await patient.AcceptedAsync(Amend("b", 1, 0))));
        Assert.Equal(Describe.Of(closed), Describe.Of(await patient.AcceptedAsync(ClosesEpisode("c"))));
        Assert.Equal(3, (await cluster.Journal.RecordsAsync(Key)).Count);
    }

    [Fact]
    public async Task Submit_AKnownRequestIdWithOtherContent_IsRequestIdReused()
    {
        const string Key = "reused";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));

        var refusal = await cluster.Patient(Key).RefusedAsync(Report("a", Absent("fever")));

        Assert.Equal((RefusalReason.RequestIdReused, 1), (refusal.Reason, refusal.CurrentRevision));
        Assert.Single(await cluster.Journal.RecordsAsync(Key));
    }

    [Fact]
    public async Task Submit_AtAnotherRevisionThanExpected_IsRevisionConflict()
    {
        const string Key = "conflict";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));

        var refusal = await cluster.Patient(Key).RefusedAsync(
            Report("b", Absent("fever")) with { ExpectedRevision = 0 });

        Assert.Equal((RefusalReason.RevisionConflict, 1), (refusal.Reason, refusal.CurrentRevision));
        Assert.Single(await cluster.Journal.RecordsAsync(Key));
    }

    [Fact]
    public async Task Submit_WrongObservations_CrossTheCallAsViolations()
    {
        const string Key = "invalid";

        var refusal = await cluster.Patient(Key).RefusedAsync(Report("a", Present("pain-intensity", number: 99)));

        var violation = Assert.Single(refusal.Violations);
        Assert.Equal(
            (0, "value", ObservationFault.ValueOutOfRange), (violation.Index, violation.Field, violation.Fault));
        Assert.Empty(await cluster.Journal.RecordsAsync(Key));
    }

    [Fact]
    public async Task Submit_ByManyCallersAtOnce_GivesEachARevisionOfItsOwn()
    {
        const string Key = "many";

        var readings = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => cluster.Patient(Key).AcceptedAsync(Report(Request(i), Present("fever"))))).InTime();

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), readings.Select(r => r.Revision).Order());
        Assert.Equal(40, (await cluster.Journal.RecordsAsync(Key)).Count);
    }

    [Fact]
    public async Task Submit_AnAmendment_TakesTheObservationBack()
    {
        const string Key = "amend";
        var patient = cluster.Patient(Key);
        var before = await patient.AcceptedAsync(Report("a", Present("pain-intensity", number: 3)));
        await patient.AcceptedAsync(Report("b", Present("pain-intensity", number: 9)));

        var after = await patient.AcceptedAsync(Amend("c", 2, 0));

        Assert.Equal(3, after.Revision);
        var restored = await patient.ReadAsync(3, before.AssessedAt);
        Assert.Equal(Describe.Of(before.Assessment), Describe.Of(restored.Reading!.Assessment));
        Assert.Equal(RefusalReason.AlreadyAmended, (await patient.RefusedAsync(Amend("d", 2, 0))).Reason);
        Assert.Equal(RefusalReason.ObservationNotFound, (await patient.RefusedAsync(Amend("e", 2, 1))).Reason);
    }

    [Fact]
    public async Task Submit_WithTheClockSetBack_KeepsTheOrderOfRecording()
    {
        const string Key = "clock";
        await cluster.Journal.AppendBehindAsync(Key, Report("a", Present("fever")));
        var before = Start.AddYears(1);
        await cluster.Journal.AppendAsync(
            new(Key, new(2, before, "b", default, EventCodec.Encode(new EpisodeClosed(1), Outcome)),
                new(Tenant, 2, 1, null, before, ReadOnlyMemory<byte>.Empty)),
            TestContext.Current.CancellationToken).InTime();

        var reading = await cluster.Patient(Key).AcceptedAsync(StartsEpisode("c"));

        Assert.Equal(before, reading.RecordedAt);
    }

    private static EventOutcome Outcome { get; } = new("legpain", "1", "hash", Urgency.Soon, []);
}
