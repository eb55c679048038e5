using LegPain.Grains.Patient;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>
/// A journal that others write too: a read shows what was acknowledged before it began, whoever wrote it.
/// </summary>
public sealed class PatientNewestTests : IDisposable
{
    private readonly PatientCluster _cluster;

    public PatientNewestTests(PatientCluster cluster)
    {
        _cluster = cluster;
        cluster.Faulty.IsExclusive = false;
    }

    public void Dispose()
    {
        _cluster.Faulty.IsExclusive = true;
        _cluster.Faulty.ReadsFail = false;
        _cluster.Faulty.IsWritable = true;
        _cluster.Faulty.IsReachable = true;
        _cluster.Faulty.IsBusy = false;
        _cluster.Journal.AfterAppend = null;
    }

    [Fact]
    public async Task Read_AfterAnotherNodeWentOn_ShowsIt()
    {
        const string Key = "overtaken";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.Journal.AppendBehindAsync(Key, Report("b", Present("rigors")));
        Assert.Equal(2, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);

        await _cluster.Journal.AppendBehindAsync(Key, Report("c", Present("smoker")));
        Assert.Equal(3, (await _cluster.Patient(Key).ReadAsync(3)).Reading?.Revision);

        await _cluster.Journal.AppendBehindAsync(Key, Report("d", Present("smoker")));
        Assert.Equal([4], (await _cluster.Patient(Key).SinceAsync(3)).Readings.Select(reading => reading.Revision));
    }

    [Fact]
    public async Task ReadSince_ARevisionThatOnlyAnotherNodeHas_WaitsForTheNext()
    {
        const string Key = "overtaken-since";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.Journal.AppendBehindAsync(Key, Report("b", Present("rigors")));

        var since = await _cluster.Patient(Key).SinceAsync(2);

        Assert.Equal(Describe.Of(new PatientReadings(2, [], null)), Describe.Of(since));
    }

    [Fact]
    public async Task ReadEvents_OfAPatientThatOnlyAnotherNodeHasSeen_ShowsThem()
    {
        const string Key = "overtaken-empty";
        Assert.Equal(RefusalReason.PatientNotFound, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
        await _cluster.Journal.AppendBehindAsync(Key, Report("a", Present("fever")));

        var page = await _cluster.Patient(Key).EventsAsync(0);

        Assert.Equal((1, "a"), (page.CurrentRevision, Assert.Single(page.Events).RequestId));
    }

    [Fact]
    public async Task Read_WhileTheHeadCannotBeRead_IsUnavailable()
    {
        const string Key = "no-head";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        _cluster.Faulty.ReadsFail = true;

        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).SinceAsync(1)).Refusal?.Reason);
        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).EventsAsync(0)).Refusal?.Reason);

        _cluster.Faulty.ReadsFail = false;
        Assert.Equal(1, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    [Fact]
    public async Task Patient_WhoseNodeHasLostASharedJournal_MakesRoomForAnActivationElsewhere()
    {
        const string Key = "makes-room";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        _cluster.Faulty.ReadsFail = true;
        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);

        _cluster.Faulty.ReadsFail = false;
        _cluster.Faulty.TakeRecordsRead();
        Assert.Equal(1, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);

        // Only a new activation replays: the one that had it in memory would have read the head alone.
        Assert.Equal(1, _cluster.Faulty.TakeRecordsRead());
    }

    [Fact]
    public async Task Patient_OnANodeThatKnowsItsSharedJournalAway_IsNotReadThere()
    {
        const string Key = "known-away";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.DeactivateAsync(Key);
        _cluster.Faulty.IsReachable = false;
        _cluster.Faulty.TakeRecordsRead();

        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
        Assert.Equal(0, _cluster.Faulty.TakeRecordsRead());

        _cluster.Faulty.IsReachable = true;
        Assert.Equal(1, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    [Fact]
    public async Task Patient_WhoseSharedJournalTakesNoAppends_IsReadAllTheSame()
    {
        const string Key = "read-only";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.DeactivateAsync(Key);
        _cluster.Faulty.IsWritable = false;

        Assert.Equal(1, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    [Fact]
    public async Task Patient_OpenedWhileTooManyReadsWait_IsBusyAndNotMoved()
    {
        const string Key = "busy";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.DeactivateAsync(Key);
        _cluster.Faulty.IsBusy = true;

        Assert.Equal(RefusalReason.JournalBusy, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
    }

    /// <remarks>The record is durable and its writer does not know yet: both find the same state.</remarks>
    [Fact]
    public async Task Read_BetweenAnAppendAndItsAcknowledgement_DoesNotTakeTheStateBack()
    {
        const string Key = "between";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Journal.AfterAppend = async append =>
        {
            if (append.Stream == Key)
            {
                reached.TrySetResult();
                await release.Task;
            }
        };
        var slow = _cluster.Patient(Key).SubmitInTime(Report("b", Present("rigors")));
        await reached.Task.InTime();

        var second = await _cluster.Patient(Key).ReadAsync();
        _cluster.Journal.AfterAppend = null;
        await _cluster.Journal.AppendBehindAsync(Key, Report("c", Present("smoker")));
        var third = await _cluster.Patient(Key).ReadAsync();
        release.SetResult();
        var answer = await slow;
        _cluster.Faulty.IsExclusive = true;

        Assert.Equal((2, 3), (second.Reading?.Revision, third.Reading?.Revision));
        Assert.Equal(2, answer.Reading?.Revision);
        Assert.Equal(3, (await _cluster.Patient(Key).ReadAsync()).Reading?.Revision);
    }

    [Fact]
    public async Task Patient_WhoseJournalCannotBeReadAtActivation_IsUnavailableUntilTheNextCall()
    {
        const string Key = "unavailable-activation";
        await _cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await _cluster.DeactivateAsync(Key);
        _cluster.Faulty.ReadsFail = true;

        Assert.Equal(RefusalReason.Unavailable, (await _cluster.Patient(Key).ReadAsync()).Refusal?.Reason);
        Assert.Equal(RefusalReason.Unavailable,
            (await _cluster.Patient(Key).RefusedAsync(Report("b", Present("rigors")))).Reason);

        _cluster.Faulty.ReadsFail = false;
        Assert.Equal(2, (await _cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")))).Revision);
    }
}
