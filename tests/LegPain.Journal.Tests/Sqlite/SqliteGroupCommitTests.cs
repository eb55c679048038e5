using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LegPain.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.Sqlite;

/// <summary>A second connection holds the write lock: what is appended meanwhile has to wait.</summary>
public sealed class SqliteGroupCommitTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteJournal _journal = null!;
    private SqliteConnection _raw = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(_folder.Database);
        _raw = Raw.Connect(_folder.Database);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _journal.DisposeAsync().InTime();
        _folder.Dispose();
    }

    [Fact]
    public async Task Append_ManyWhileTheWriterWaits_ShareTransactions()
    {
        const int Count = 100;
        var batches = new ConcurrentQueue<int>();
        using var listener = Listen(batches.Enqueue);
        _raw.Execute("BEGIN IMMEDIATE");
        var waiting = Enumerable.Range(0, Count).Select(i => Appending($"stream-{i}", 1)).ToList();

        _raw.Execute("ROLLBACK");
        var results = await Task.WhenAll(waiting).InTime();

        // The writer had one batch in hand; the rest went into the next.
        Assert.All(results, result => Assert.Equal(new(AppendOutcome.Appended, 1), result));
        Assert.Equal(Count, batches.Sum());
        Assert.InRange(batches.Count, 1, 3);
    }

    [Fact]
    public async Task Append_ManyToOneStreamInOneTransaction_KeepsTheirOrder()
    {
        _raw.Execute("BEGIN IMMEDIATE");
        var waiting = Enumerable.Range(1, 50).Select(i => Appending(StreamA, i)).ToList();
        var repeat = Appending(StreamA, 50);

        _raw.Execute("ROLLBACK");
        var results = await Task.WhenAll(waiting).InTime();

        Assert.Equal(Enumerable.Range(1, 50).Select(i => new AppendResult(AppendOutcome.Appended, i)), results);
        Assert.Equal(new(AppendOutcome.AlreadyApplied, 50), await repeat.InTime());
        Assert.Equal(50, (await _journal.ReadAsync(StreamA)).Count);
    }

    [Fact]
    public async Task Append_OneThatConflictsInABatch_DoesNotHarmTheOthers()
    {
        _raw.Execute("BEGIN IMMEDIATE");
        var first = Appending(StreamA, 1);
        var conflict = _journal.AppendAsync(StreamA, 7, "conflict");
        var second = Appending(StreamA, 2);

        _raw.Execute("ROLLBACK");

        Assert.Equal(new(AppendOutcome.Appended, 1), await first.InTime());
        Assert.Equal(new(AppendOutcome.Conflict, 1), await conflict);
        Assert.Equal(new(AppendOutcome.Appended, 2), await second.InTime());
    }

    [Fact]
    public async Task Append_PastAFullQueue_IsBusyAndLosesNothingAccepted()
    {
        _raw.Execute("BEGIN IMMEDIATE");
        var accepted = new List<Task<AppendResult>>();
        JournalBusyException? busy = null;

        while (busy is null && accepted.Count <= JournalLimits.QueueMax + JournalLimits.BatchMax)
        {
            var next = Appending($"stream-{accepted.Count}", 1);
            if (next.IsFaulted)
            {
                busy = await Assert.ThrowsAsync<JournalBusyException>(() => next);
            }
            else
            {
                accepted.Add(next);
            }
        }

        _raw.Execute("ROLLBACK");
        var results = await Task.WhenAll(accepted).InTime();

        // The queue is full, and the writer has at least one and at most a batch in hand.
        Assert.NotNull(busy);
        Assert.InRange(accepted.Count, JournalLimits.QueueMax + 1, JournalLimits.QueueMax + JournalLimits.BatchMax);
        Assert.All(results, result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
        Assert.Empty(await _journal.ReadAsync($"stream-{accepted.Count}"));
        Assert.Equal((long)accepted.Count, _raw.Scalar("SELECT count(*) FROM record"));
        var again = await _journal.AppendAsync($"stream-{accepted.Count}", 1, "again");
        Assert.Equal(new(AppendOutcome.Appended, 1), again);
    }

    [Fact]
    public async Task Read_WhileTheWriterWaits_IsNotHeldUp()
    {
        await _journal.FillAsync(StreamA, 3);
        _raw.Execute("BEGIN IMMEDIATE");
        var waiting = Appending(StreamA, 4);

        var sequences = await _journal.SequencesAsync(StreamA);

        Assert.Equal([1, 2, 3], sequences);
        Assert.False(waiting.IsCompleted, "The append was acknowledged before it could be committed.");
        _raw.Execute("ROLLBACK");
        Assert.Equal(new(AppendOutcome.Appended, 4), await waiting.InTime());
    }

    [Fact]
    public async Task CommitSpan_OfTwoBatches_IsARootWithALinkToEachAppend()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is JournalTelemetry.Name or "tests",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var tests = new ActivitySource("tests");
        SqliteJournal journal;
        using (tests.StartActivity("open"))
        {
            journal = SqliteJournal.Open(Path.Combine(_folder.Path, "traced.db"));
        }

        for (var sequence = 1; sequence <= 3; sequence++)
        {
            using var call = tests.StartActivity("call");
            await journal.AppendAsync(StreamA, sequence, Request(sequence));
        }

        await journal.DisposeAsync().InTime();
        var commits = spans.Where(span => span.OperationName == "journal commit").ToList();
        var appends = spans.Where(span => span.OperationName == "journal append").ToList();
        var calls = spans.Where(span => span.OperationName == "call").ToList();
        Assert.All(commits, commit => Assert.Equal(default, commit.ParentSpanId));
        Assert.Equal(appends.Select(a => a.Context), commits.SelectMany(c => c.Links).Select(link => link.Context));
        Assert.Equal(calls.Select(c => c.SpanId), appends.Select(append => append.ParentSpanId));
    }

    [Fact]
    public async Task Append_WhileAListenerThrows_IsAcknowledgedAllTheSame()
    {
        using (Listen(_ => throw new InvalidOperationException("A broken listener.")))
        {
            Assert.Equal(new(AppendOutcome.Appended, 1), await Appending(StreamA, 1).InTime());
        }

        Assert.Equal(new(AppendOutcome.Appended, 2), await Appending(StreamA, 2).InTime());
    }

    private Task<AppendResult> Appending(string stream, long sequence) =>
        _journal.AppendAsync(Append(stream, sequence, Request(sequence)), Token).AsTask();

    private static MeterListener Listen(Action<int> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument is { Meter.Name: JournalTelemetry.Name, Name: "legpain.journal.batch.size" })
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => heard(size));
        listener.Start();
        return listener;
    }
}
