using System.Diagnostics;

namespace LegPain.Journal;

/// <summary>A call that waits for a writer.</summary>
internal abstract class Work
{
    public abstract int PayloadBytes { get; }

    public abstract void Complete();

    /// <summary>Fails it, unless it has been answered.</summary>
    public abstract void Fail(JournalException exception);

    /// <summary>Fails all that have not been answered.</summary>
    public static void Fail(IReadOnlyList<Work> batch, JournalException exception)
    {
        foreach (var work in batch)
        {
            work.Fail(exception);
        }
    }

    /// <summary>Ends what was begun for work that never reached the queue, and counts why.</summary>
    public virtual void Abandon(JournalException exception) => JournalTelemetry.Failed(exception);
}

/// <summary>An append that waits. The writer sets its result before it completes it.</summary>
internal sealed class AppendWork(JournalAppend append) : Work
{
    private readonly TaskCompletionSource<AppendResult> _source =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = Stopwatch.GetTimestamp();

    public JournalAppend Append { get; } = append;

    public Activity? Span { get; } = JournalTelemetry.StartAppend();

    public Task<AppendResult> Task => _source.Task;

    public AppendResult Result { get; set; }

    public override int PayloadBytes => Append.Record.Payload.Length;

    public override void Complete()
    {
        JournalTelemetry.Appended(Result.Outcome, Stopwatch.GetElapsedTime(_started));
        Span?.Dispose();
        _source.SetResult(Result);
    }

    public override void Fail(JournalException exception)
    {
        try
        {
            Span?.SetStatus(ActivityStatusCode.Error);
            Span?.Dispose();
        }
        finally
        {
            if (_source.TrySetException(exception))
            {
                JournalTelemetry.Failed(exception);
            }
        }
    }

    public override void Abandon(JournalException exception)
    {
        Span?.Dispose();
        base.Abandon(exception);
    }
}

/// <summary>A snapshot that waits.</summary>
internal sealed class SnapshotWork(string stream, JournalSnapshot snapshot) : Work
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Stream { get; } = stream;

    public JournalSnapshot Snapshot { get; } = snapshot;

    public Task Task => _source.Task;

    public override int PayloadBytes => Snapshot.Payload.Length;

    public override void Complete() => _source.SetResult();

    public override void Fail(JournalException exception)
    {
        if (_source.TrySetException(exception))
        {
            JournalTelemetry.Failed(exception);
        }
    }
}
