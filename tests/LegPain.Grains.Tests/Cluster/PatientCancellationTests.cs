using LegPain.Journal;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>A caller who goes: what is not yet sent to the journal is dropped, the rest runs to its end.</summary>
public sealed class PatientCancellationTests(PatientCluster cluster) : IDisposable
{
    private readonly CancellationTokenSource _caller = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _release.TrySetResult();
        cluster.Journal.BeforeAppend = null;
        _caller.Dispose();
    }

    [Fact]
    public async Task Submit_CanceledWhileItWaitsBehindASlowAppend_IsDropped()
    {
        const string Key = "dropped";
        cluster.Journal.BeforeAppend = Hold(Key);
        var slow = cluster.Patient(Key).SubmitInTime(Report("a", Present("fever")));
        await _reached.Task.InTime();
        var behind = cluster.Patient(Key).SubmitAsync(Report("b", Present("rigors")), _caller.Token);

        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind.InTime());
        _release.SetResult();

        Assert.Equal(1, (await slow).Reading?.Revision);
        Assert.Equal(2, (await cluster.Patient(Key).AcceptedAsync(Report("c", Present("smoker")))).Revision);
        Assert.Equal(["a", "c"], (await cluster.Journal.RecordsAsync(Key)).Select(record => record.RequestId));
    }

    [Fact]
    public async Task Submit_CanceledOnceItsAppendIsSent_IsStoredAllTheSame()
    {
        const string Key = "not-dropped";
        cluster.Journal.BeforeAppend = Hold(Key);
        var slow = cluster.Patient(Key).SubmitAsync(Report("a", Present("fever")), _caller.Token);
        await _reached.Task.InTime();

        await _caller.CancelAsync();
        _release.SetResult();

        Assert.Equal(1, (await slow.InTime()).Reading?.Revision);
        Assert.Equal(2, (await cluster.Patient(Key).AcceptedAsync(Report("b", Present("rigors")))).Revision);
        Assert.Equal(1, (await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")))).Revision);
    }

    private Func<JournalAppend, ValueTask> Hold(string key) => async append =>
    {
        if (append.Stream == key && append.Record.RequestId == "a")
        {
            _reached.TrySetResult();
            await _release.Task;
        }
    };
}
