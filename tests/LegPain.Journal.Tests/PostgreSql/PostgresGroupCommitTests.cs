using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LegPain.Journal.PostgreSql;
using Npgsql;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>A second connection holds a lock on the records: what is appended meanwhile has to wait.</summary>
public sealed class PostgresGroupCommitTests(PostgresFixture postgres) : IAsyncLifetime
{
    private PostgresJournal _journal = null!;
    private NpgsqlConnection _raw = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        _journal = await PostgresJournal.OpenAsync(database, Token);
        _raw = await Raw.ConnectAsync(database);
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _journal.DisposeAsync().InTime();
    }

    [Fact]
    public async Task Append_ManyWhileTheWriterWaits_ShareStatements()
    {
        const int Count = 100;
        var batches = new ConcurrentQueue<long>();
        using var listener = Listen("legpain.journal.batch.size", batches);
        await LockAsync();
        var waiting = Enumerable.Range(0, Count).Select(i => Appending($"stream-{i}", 1)).ToList();

        await UnlockAsync();
        var results = await Task.WhenAll(waiting).InTime();

        // The writer had one batch in hand; the rest went into the next.
        Assert.All(results, result => Assert.Equal(new(AppendOutcome.Appended, 1), result));
        Assert.Equal(Count, batches.Sum());
        Assert.InRange(batches.Count, 1, 3);
    }

    [Fact]
    public async Task Append_ManyToOneStreamAtOnce_KeepsTheirOrder()
    {
        await LockAsync();
        var waiting = Enumerable.Range(1, 50).Select(i => Appending(StreamA, i)).ToList();
        var repeat = Appending(StreamA, 50);

        await UnlockAsync();
        var results = await Task.WhenAll(waiting).InTime();

        Assert.Equal(Enumerable.Range(1, 50).Select(i => new AppendResult(AppendOutcome.Appended, i)), results);
        Assert.Equal(new(AppendOutcome.AlreadyApplied, 50), await repeat.InTime());
        Assert.Equal(50, (await _journal.ReadAsync(StreamA)).Count);
    }

    [Fact]
    public async Task Append_OneThatConflictsAmongOthers_DoesNotHarmThem()
    {
        var conflicts = new ConcurrentQueue<long>();
        using var listener = Listen("legpain.journal.conflicts", conflicts);
        await LockAsync();
        var first = Appending(StreamA, 1);
        var conflict = _journal.AppendAsync(StreamA, 7, "conflict");
        var second = Appending(StreamA, 2);
        var other = Appending(StreamB, 1);

        await UnlockAsync();

        Assert.Equal(new(AppendOutcome.Appended, 1), await first.InTime());
        Assert.Equal(new(AppendOutcome.Conflict, 1), await conflict);
        Assert.Equal(new(AppendOutcome.Appended, 2), await second.InTime());
        Assert.Equal(new(AppendOutcome.Appended, 1), await other.InTime());
        Assert.Equal(1, conflicts.Sum());
    }

    [Fact]
    public async Task WriteSnapshot_TwiceAtOnePlaceWhileTheWriterWaits_KeepsTheLater()
    {
        await LockAsync();
        var waiting = Enumerable.Range(1, 20)
            .Select(i => _journal.WriteSnapshotAsync(StreamA, new(7, new[] { (byte)i }), Token).AsTask())
            .Append(Appending(StreamA, 1)).ToList();

        await UnlockAsync();
        await Task.WhenAll(waiting).InTime();

        Assert.Equal("7 14", Show(await _journal.SnapshotAsync(StreamA, 7)));
    }

    [Fact]
    public async Task Append_ManyLargePayloads_AreKeptInSeveralStatements()
    {
        const int Count = 80;
        var batches = new ConcurrentQueue<long>();
        using var listener = Listen("legpain.journal.batch.size", batches);
        await LockAsync();
        var appends = Enumerable.Range(0, Count)
            .Select(i => Append($"stream-{i}", 1, "large", JournalLimits.PayloadBytesMax)).ToList();
        var waiting = appends.Select(append => _journal.AppendAsync(append, Token).AsTask()).ToList();

        await UnlockAsync();
        await Task.WhenAll(waiting).InTime();

        Assert.InRange(batches.Max(), 1, 32);
        foreach (var append in appends)
        {
            Assert.Equal(Show(append.Record), Show(Assert.Single(await _journal.ReadAsync(append.Stream))));
        }
    }

    [Fact]
    public async Task Append_PastAFullQueue_IsBusyAndLosesNothingAccepted()
    {
        var lengths = new ConcurrentQueue<long>();
        using var listener = Listen("legpain.journal.queue.length", lengths);
        await LockAsync();
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

        listener.RecordObservableInstruments();
        await UnlockAsync();
        var results = await Task.WhenAll(accepted).InTime();
        listener.RecordObservableInstruments();

        // The queue is full, and the writer has at least one and at most a batch in hand.
        Assert.NotNull(busy);
        Assert.InRange(accepted.Count, JournalLimits.QueueMax + 1, JournalLimits.QueueMax + JournalLimits.BatchMax);
        Assert.All(results, result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
        Assert.Empty(await _journal.ReadAsync($"stream-{accepted.Count}"));
        Assert.Equal((long)accepted.Count, await _raw.ScalarAsync("SELECT count(*) FROM legpain.record"));
        Assert.Equal(JournalLimits.QueueMax, lengths.First());
        Assert.Equal(0, lengths.Last());
        var again = await _journal.AppendAsync($"stream-{accepted.Count}", 1, "again");
        Assert.Equal(new(AppendOutcome.Appended, 1), again);
    }

    [Fact]
    public async Task Read_WhileTheWriterWaits_IsNotHeldUp()
    {
        await _journal.FillAsync(StreamA, 3);
        await LockAsync();
        var waiting = Appending(StreamA, 4);

        var sequences = await _journal.SequencesAsync(StreamA);

        Assert.Equal([1, 2, 3], sequences);
        Assert.False(waiting.IsCompleted, "The append was acknowledged before it could be committed.");
        await UnlockAsync();
        Assert.Equal(new(AppendOutcome.Appended, 4), await waiting.InTime());
    }

    [Fact]
    public async Task Read_WhenAllConnectionsAreTaken_IsBusyAndGoesOnLater()
    {
        await _journal.FillAsync(StreamA, 1);
        await _raw.ExecuteAsync("BEGIN; LOCK TABLE legpain.record IN ACCESS EXCLUSIVE MODE");
        var taking = Enumerable.Range(0, PostgresSettings.ReadersMax)
            .Select(_ => _journal.ReadAsync(StreamA, 0, 1, Token).AsTask()).ToList();

        var head = _journal.HeadAsync(StreamA);
        await Assert.ThrowsAsync<JournalBusyException>(() => _journal.ReadAsync(StreamA));
        await Assert.ThrowsAsync<JournalBusyException>(() => head);

        await UnlockAsync();
        await Task.WhenAny(Task.WhenAll(taking)).InTime();
        Assert.Equal([1], await _journal.SequencesAsync(StreamA));
    }

    [Fact]
    public async Task Append_PastTheStatementsTime_IsUnavailableAndWritesNothing()
    {
        await LockAsync();
        var waiting = Appending(StreamA, 1);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => waiting.InTime());

        Assert.False(_journal.IsWritable, "It said that it can write what it has just refused.");
        await UnlockAsync();
        await Patience.UntilAsync(() => _journal.IsWritable);
        Assert.Empty(await _journal.ReadAsync(StreamA));
        Assert.Equal(new(AppendOutcome.Appended, 1), await _journal.AppendAsync(StreamA, 1, "again"));
    }

    [Fact]
    public async Task Append_WhileAListenerThrows_IsOfUnknownOutcomeAndTheWriterGoesOn()
    {
        using (Listen("legpain.journal.batch.size", _ => throw new InvalidOperationException("A broken listener.")))
        {
            await Assert.ThrowsAsync<JournalUnknownOutcomeException>(
                () => _journal.AppendAsync(StreamA, 1, "first"));
        }

        await Patience.UntilAsync(() => _journal.IsWritable);
        Assert.Equal(new(AppendOutcome.AlreadyApplied, 1), await _journal.AppendAsync(StreamA, 1, "first"));
        Assert.Equal(new(AppendOutcome.Appended, 2), await _journal.AppendAsync(StreamA, 2, "second"));
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
        PostgresJournal journal;
        using (tests.StartActivity("open"))
        {
            journal = await PostgresJournal.OpenAsync(await postgres.CreateDatabaseAsync(), Token);
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

    private Task<AppendResult> Appending(string stream, long sequence) =>
        _journal.AppendAsync(Append(stream, sequence, Request(sequence)), Token).AsTask();

    private Task LockAsync() => _raw.ExecuteAsync("BEGIN; LOCK TABLE legpain.record IN SHARE MODE");

    private Task UnlockAsync() => _raw.ExecuteAsync("ROLLBACK");

    private static MeterListener Listen(string name, ConcurrentQueue<long> values) => Listen(name, values.Enqueue);

    private static MeterListener Listen(string name, Action<long> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == JournalTelemetry.Name && instrument.Name == name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => heard(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => heard(value));
        listener.Start();
        return listener;
    }
}
