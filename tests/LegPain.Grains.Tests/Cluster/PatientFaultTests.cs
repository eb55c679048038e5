using LegPain.Grains.Patient;
using LegPain.Journal;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>A journal that fails, and other writers: nothing is lost, nothing is stored twice.</summary>
public sealed class PatientFaultTests(PatientCluster cluster) : IDisposable
{
    public void Dispose()
    {
        cluster.Journal.BeforeAppend = null;
        cluster.Journal.AfterAppend = null;
        cluster.Faulty.Corrupt.Clear();
        cluster.Faulty.SnapshotsFail = false;
        cluster.Faulty.SnapshotsCorrupt = false;
    }

    [Fact]
    public async Task Submit_AfterAnotherWriterWentFirst_CatchesUpAndSucceeds()
    {
        const string Key = "fenced";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Journal.AppendBehindAsync(Key, Report("b", Present("rigors")));

        var reading = await cluster.Patient(Key).AcceptedAsync(Report("c", Present("smoker")));

        Assert.Equal(3, reading.Revision);
        Assert.Equal(["a", "b", "c"], (await cluster.Journal.RecordsAsync(Key)).Select(record => record.RequestId));
        Assert.Equal(["a", "b", "c"], (await cluster.Patient(Key).EventsAsync(0)).Events.Select(e => e.RequestId));
    }

    /// <remarks>A watch goes on from what it read: past the patient's own state there is no revision yet.</remarks>
    [Fact]
    public async Task ReadSince_WhileTheJournalIsAhead_ReadsNoFurtherThanThePatientIs()
    {
        const string Key = "ahead";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Patient(Key).AcceptedAsync(Report("b", Present("smoker")));
        await cluster.Journal.AppendBehindAsync(Key, Report("c", Present("rigors")));

        var first = await cluster.Patient(Key).SinceAsync(0);
        var then = await cluster.Patient(Key).SinceAsync(first.Readings[^1].Revision);

        Assert.Equal([1, 2], first.Readings.Select(reading => reading.Revision));
        Assert.Null(then.Refusal);
    }

    [Fact]
    public async Task Submit_ARequestThatAnotherWriterStored_AnswersWithIt()
    {
        const string Key = "fenced-repeat";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Journal.AppendBehindAsync(Key, Report("b", Present("rigors")));

        var reading = await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")));

        Assert.Equal(2, reading.Revision);
        Assert.Equal(2, (await cluster.Journal.RecordsAsync(Key)).Count);
    }

    [Fact]
    public async Task Submit_AtTheRevisionThatAnotherWriterMade_IsDecidedThere()
    {
        const string Key = "fenced-expected";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Journal.AppendBehindAsync(Key, Report("b", Present("rigors")));

        var reading = await cluster.Patient(Key).AcceptedAsync(
            Report("c", Present("smoker")) with { ExpectedRevision = 2 });

        Assert.Equal(3, reading.Revision);
    }

    [Fact]
    public async Task Submit_AgainstAWriterThatAlwaysGoesFirst_GivesUpAsUnavailable()
    {
        const string Key = "race";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        var other = 0;
        cluster.Journal.BeforeAppend = Race;

        var refusal = await cluster.Patient(Key).RefusedAsync(Report("b", Present("rigors")));

        Assert.Equal(RefusalReason.Unavailable, refusal.Reason);
        Assert.Equal(3, other);
        cluster.Journal.BeforeAppend = null;
        Assert.Equal(5, (await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")))).Revision);

        async ValueTask Race(JournalAppend append)
        {
            if (append.Record.RequestId == "b")
            {
                await cluster.Journal.AppendBehindAsync(Key, Report($"other-{++other}", Present("smoker")));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_WithAnUnknownOutcome_IsStoredOnceByARetry(bool stored)
    {
        var key = $"unknown-{stored}";
        await cluster.Patient(key).AcceptedAsync(Report("a", Present("fever")));
        var fail = Failing(key, new JournalUnknownOutcomeException());
        cluster.Journal.BeforeAppend = stored ? null : fail;
        cluster.Journal.AfterAppend = stored ? fail : null;

        var refusal = await cluster.Patient(key).RefusedAsync(Report("b", Present("rigors")));

        Assert.Equal(RefusalReason.OutcomeUnknown, refusal.Reason);
        cluster.Journal.BeforeAppend = null;
        cluster.Journal.AfterAppend = null;
        var retried = await RetryAsync(() => cluster.Patient(key).SubmitInTime(Report("b", Present("rigors"))));
        Assert.Equal(2, retried.Reading?.Revision);
        Assert.Equal(["a", "b"], (await cluster.Journal.RecordsAsync(key)).Select(record => record.RequestId));
        Assert.Equal(3, (await cluster.Patient(key).AcceptedAsync(Report("c", Present("smoker")))).Revision);
    }

    [Theory]
    [InlineData(RefusalReason.JournalBusy)]
    [InlineData(RefusalReason.StorageFull)]
    public async Task Submit_ToAJournalThatTakesNothing_StoresNothingAndKeepsReading(RefusalReason reason)
    {
        var key = $"takes-nothing-{reason}";
        var first = await cluster.Patient(key).AcceptedAsync(Report("a", Present("fever")));
        cluster.Journal.BeforeAppend = Failing(
            key, reason == RefusalReason.JournalBusy ? new JournalBusyException() : new JournalFullException());

        var refusal = await cluster.Patient(key).RefusedAsync(Report("b", Present("rigors")));
        var read = await cluster.Patient(key).ReadAsync(asOf: first.AssessedAt);

        Assert.Equal((reason, 1), (refusal.Reason, refusal.CurrentRevision));
        Assert.Equal(Describe.Of(first), Describe.Of(read.Reading));
        Assert.Single(await cluster.Journal.RecordsAsync(key));
        cluster.Journal.BeforeAppend = null;
        Assert.Equal(2, (await cluster.Patient(key).AcceptedAsync(Report("b", Present("rigors")))).Revision);
    }

    [Fact]
    public async Task Patient_WithACorruptRecord_RefusesUntilItIsRestored()
    {
        const string Key = "corrupt";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")));
        cluster.Faulty.Corrupt[(Key, 1)] = true;
        await cluster.DeactivateAsync(Key);

        Assert.Equal(RefusalReason.RecordCorrupt, (await cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
        Assert.Equal(RefusalReason.RecordCorrupt, (await cluster.Patient(Key).SinceAsync(0)).Refusal?.Reason);
        Assert.Equal(RefusalReason.RecordCorrupt, (await cluster.Patient(Key).EventsAsync(0)).Refusal?.Reason);
        Assert.Equal(RefusalReason.RecordCorrupt,
            (await cluster.Patient(Key).RefusedAsync(Report("c", Present("smoker")))).Reason);
        Assert.Equal(1, (await cluster.Patient("healthy").AcceptedAsync(Report("a", Present("fever")))).Revision);
        Assert.Equal(2, (await cluster.Journal.RecordsAsync(Key)).Count);

        cluster.Faulty.Corrupt.Clear();
        var reply = await RetryAsync(() => cluster.Patient(Key).SubmitInTime(Report("c", Present("smoker"))));

        Assert.Equal(3, reply.Reading?.Revision);
    }

    [Fact]
    public async Task Patient_WithARecordThatWentCorruptWhileActive_StillTakesReports()
    {
        const string Key = "corrupt-later";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")));
        cluster.Faulty.Corrupt[(Key, 1)] = true;

        var past = await cluster.Patient(Key).ReadAsync(1);
        var next = await cluster.Patient(Key).AcceptedAsync(Report("c", Present("smoker")));

        Assert.Equal(RefusalReason.RecordCorrupt, past.Refusal?.Reason);
        Assert.Equal(3, next.Revision);
    }

    [Fact]
    public async Task Submit_WhenASnapshotCannotBeKept_IsAnsweredAllTheSame()
    {
        const string Key = "no-snapshot";
        cluster.Faulty.SnapshotsFail = true;

        for (var i = 1; i <= PatientSession.SnapshotEvery + 1; i++)
        {
            Assert.Equal(i, (await cluster.Patient(Key).AcceptedAsync(Report(Request(i), Present("fever")))).Revision);
        }

        await cluster.DeactivateAsync(Key);
        Assert.Equal(PatientSession.SnapshotEvery + 1, (await cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    [Fact]
    public async Task Patient_WhoseSnapshotCannotBeRead_IsReplayedFromTheBeginning()
    {
        const string Key = "corrupt-snapshot";
        for (var i = 1; i <= PatientSession.SnapshotEvery + 1; i++)
        {
            await cluster.Patient(Key).AcceptedAsync(Report(Request(i), Present("fever")));
        }

        await cluster.DeactivateAsync(Key);
        cluster.Faulty.SnapshotsCorrupt = true;

        Assert.Equal(PatientSession.SnapshotEvery + 1, (await cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    private static Func<JournalAppend, ValueTask> Failing(string key, JournalException exception) =>
        append => append.Stream == key ? throw exception : ValueTask.CompletedTask;

    /// <summary>Repeats a call as a client does while the broken activation makes room for the next.</summary>
    private static async Task<PatientReply> RetryAsync(Func<Task<PatientReply>> call)
    {
        var reply = await call();
        var attempts = 1;
        while (reply.Refusal?.Reason is RefusalReason.OutcomeUnknown or RefusalReason.RecordCorrupt && attempts++ < 20)
        {
            reply = await call();
        }

        return reply;
    }
}
