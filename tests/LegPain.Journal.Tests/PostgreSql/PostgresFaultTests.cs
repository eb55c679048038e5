using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LegPain.Journal.PostgreSql;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>A server of its own, which is stopped, killed and starved.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private const string EndWriter =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%INSERT INTO legpain.record%' "
        + "AND pid <> pg_backend_pid()";

    private PostgresServer _server = null!;
    private string _database = null!;
    private PostgresJournal _journal = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync().InTime();
        _database = await _server.CreateDatabaseAsync();
        _journal = await PostgresJournal.OpenAsync(_database, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync().InTime();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Server_StoppedAndStarted_IsReachedAgainWithoutAReopen()
    {
        await _journal.FillAsync(StreamA, 3);
        Assert.True(_journal.IsWritable);

        await _server.StopAsync();
        await Patience.UntilAsync(() => !_journal.IsWritable);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => _journal.AppendAsync(StreamA, 4, "down"));
        await Assert.ThrowsAsync<JournalUnavailableException>(
            () => _journal.KeepAsync(StreamA, new(3, new byte[] { 1 })));
        await Assert.ThrowsAsync<JournalReadException>(() => _journal.ReadAsync(StreamA));
        await Assert.ThrowsAsync<JournalReadException>(() => _journal.HeadAsync(StreamA));
        await _server.StartAgainAsync();
        await Patience.UntilAsync(() => _journal.IsWritable);

        Assert.Equal([1, 2, 3], await _journal.SequencesAsync(StreamA));
        Assert.Equal(new(AppendOutcome.Appended, 4), await _journal.AppendAsync(StreamA, 4, "up"));
    }

    [Fact]
    public async Task Server_ThatFreezes_LeavesTheOutcomeUnknownAndLetsNothingWaitForLong()
    {
        await _journal.FillAsync(StreamA, 1);

        await _server.FreezeAsync();
        await Assert.ThrowsAsync<JournalUnknownOutcomeException>(() => _journal.AppendAsync(StreamA, 2, "frozen"));
        await Patience.UntilAsync(() => !_journal.IsWritable);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => _journal.AppendAsync(StreamA, 2, "frozen"));
        await _server.ThawAsync();
        await Patience.UntilAsync(() => _journal.IsWritable);

        // The frozen statement may be done first.
        var result = await _journal.AppendAsync(StreamA, 2, "frozen");
        Assert.True(result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyApplied);
        Assert.Equal([1, 2], await _journal.SequencesAsync(StreamA));
    }

    [Fact]
    public async Task Dispose_WhileTheServerIsFrozen_AnswersAllWithinSeconds()
    {
        await _journal.FillAsync(StreamA, 1);
        await _server.FreezeAsync();
        var appends = Enumerable.Range(2, 50)
            .Select(i => _journal.AppendAsync(Append(StreamA, i, Request(i)), Token).AsTask()).ToList();
        Task[] reads =
        [
            .. Enumerable.Range(0, 50).Select(_ => _journal.ReadAsync(StreamA, 0, 1, Token).AsTask()),
            .. Enumerable.Range(0, 50).Select(_ => _journal.ReadHeadAsync(StreamA, Token).AsTask()),
        ];
        var started = Stopwatch.GetTimestamp();

        await _journal.DisposeAsync().InTime();

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, PostgresSettings.AnswerSeconds - 0.5);
        await Assert.ThrowsAsync<JournalUnknownOutcomeException>(() => appends[0].InTime());
        foreach (var append in appends.Skip(1))
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => append.InTime());
        }

        foreach (var read in reads)
        {
            await Assert.ThrowsAsync<JournalReadException>(() => read.InTime());
        }
    }

    [Fact]
    public async Task Server_ComingBackWithASettingThatLosesData_IsNotWrittenTo()
    {
        await _journal.FillAsync(StreamA, 1);

        await _server.StopAsync();
        await _server.StartAgainAsync(["fsync=off"]);
        await Patience.UntilAsync(() => !_journal.IsWritable);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => _journal.AppendAsync(StreamA, 2, "unsafe"));
        Assert.Equal([1], await _journal.SequencesAsync(StreamA));
        await _server.StopAsync();
        await _server.StartAgainAsync([]);
        await Patience.UntilAsync(() => _journal.IsWritable);
        Assert.Equal(new(AppendOutcome.Appended, 2), await _journal.AppendAsync(StreamA, 2, "safe"));
    }

    [Fact]
    public async Task Server_ThatBecomesReadOnly_IsNotWritableUntilItTakesWritesAgain()
    {
        await _journal.FillAsync(StreamA, 1);

        await SetAsync("default_transaction_read_only", "on");
        await Patience.UntilAsync(() => !_journal.IsWritable);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => _journal.AppendAsync(StreamA, 2, "refused"));
        Assert.Equal([1], await _journal.SequencesAsync(StreamA));
        await SetAsync("default_transaction_read_only", "off");
        await Patience.UntilAsync(() => _journal.IsWritable);
        Assert.Equal(new(AppendOutcome.Appended, 2), await _journal.AppendAsync(StreamA, 2, "taken"));
    }

    [Fact]
    public async Task Right_TakenAway_IsNotWritableUntilItIsGivenBack()
    {
        await _server.ExecuteAsync("CREATE ROLE app LOGIN");
        var database = await _server.CreateDatabaseAsync("OWNER app") + ";Username=app";
        await using var journal = await PostgresJournal.OpenAsync(database, Token);

        await PostgresServer.ExecuteAsync(database, "REVOKE INSERT ON legpain.record FROM app");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.AppendAsync(StreamA, 1, "refused"));

        Assert.False(journal.IsWritable, "It said that it can write what it has just refused.");
        await PostgresServer.ExecuteAsync(database, "GRANT INSERT ON legpain.record TO app");
        await Patience.UntilAsync(() => journal.IsWritable);
        Assert.Equal(new(AppendOutcome.Appended, 1), await journal.AppendAsync(StreamA, 1, "taken"));
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    [InlineData("kill")]
    public async Task Server_EndedUnderLoad_LosesNothingAcknowledged(string how)
    {
        const int Streams = 16;
        const int After = 20;
        var acknowledged = new ConcurrentDictionary<(int Stream, long Sequence), string>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Streams).Select(
            i => Task.Run(() => WriteAsync(i, acknowledged, stop.Token), Token)).ToList();

        for (var round = 1; round <= 2; round++)
        {
            var before = acknowledged.Count;
            await Patience.UntilAsync(() => acknowledged.Count > before + (Streams * After));
            await EndAsync(how);
            await Patience.UntilAsync(() => !_journal.IsWritable);
            await _server.StartAgainAsync();
        }

        var last = acknowledged.Count;
        await Patience.UntilAsync(() => acknowledged.Count > last + (Streams * After));
        await stop.CancelAsync();
        await Task.WhenAll(writers).InTime();

        for (var i = 0; i < Streams; i++)
        {
            var stream = $"stream-{i}";
            var records = await ReadAllAsync(stream);
            Assert.Equal(Enumerable.Range(1, records.Count).Select(n => (long)n), records.Select(r => r.Sequence));
            Assert.Equal(
                acknowledged.Where(a => a.Key.Stream == i).OrderBy(a => a.Key.Sequence).Select(a => a.Value),
                records.Select(record => record.RequestId));
            Assert.Equal(records.Count, (await _journal.HeadAsync(stream))!.Sequence);
        }
    }

    [Fact]
    public async Task Connection_EndedInAStatement_LeavesTheOutcomeUnknownAndIsMadeAgain()
    {
        await using var raw = await Raw.ConnectAsync(_database);
        await raw.ExecuteAsync("BEGIN; LOCK TABLE legpain.record IN SHARE MODE");
        var waiting = _journal.AppendAsync(Append(StreamA, 1, "first"), Token).AsTask();
        await raw.UntilWaitedForAsync();

        await PostgresServer.ExecuteAsync(_database, EndWriter);
        await Assert.ThrowsAsync<JournalUnknownOutcomeException>(() => waiting.InTime());
        await raw.ExecuteAsync("ROLLBACK");

        Assert.Null(await _journal.FindAsync(StreamA, "first"));
        Assert.Equal(new(AppendOutcome.Appended, 1), await _journal.AppendAsync(StreamA, 1, "first"));
    }

    /// <summary>The commit waits for a standby that is not there: the row is flushed, the writer not told.</summary>
    [Fact]
    public async Task Connection_EndedInTheCommit_LeavesTheOutcomeUnknownThoughItIsWritten()
    {
        await StandbyAsync("nobody");
        var sequence = 0;
        var waiting = Task.FromResult(default(AppendResult));
        await Patience.UntilAsync(async () =>
        {
            // The server takes a moment to hear of the standby: until then a commit does not wait.
            if (waiting.IsCompleted)
            {
                sequence++;
                waiting = _journal.AppendAsync(Append(StreamA, sequence, Request(sequence)), Token).AsTask();
            }

            return (long)(await PostgresServer.ExecuteAsync(
                _database, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))! == 1;
        });
        Assert.False(waiting.IsCompleted, "The append was acknowledged before its commit had ended.");
        Assert.Equal(sequence - 1, (await _journal.ReadAsync(StreamA)).Count);

        await PostgresServer.ExecuteAsync(_database, EndWriter);
        await Assert.ThrowsAsync<JournalUnknownOutcomeException>(() => waiting.InTime());
        await StandbyAsync("");

        Assert.Equal(sequence, (await _journal.FindAsync(StreamA, Request(sequence)))!.Sequence);
        Assert.Equal(
            new(AppendOutcome.AlreadyApplied, sequence),
            await _journal.AppendAsync(StreamA, sequence, Request(sequence)));
        Assert.Equal(
            new(AppendOutcome.Conflict, sequence), await _journal.AppendAsync(StreamA, sequence, "another"));
    }

    [Fact]
    public async Task Append_UntilTheDiskIsFull_IsRefusedAndGoesOnOnceThereIsRoom()
    {
        const int PayloadBytes = 64 * 1024;
        using var disk = TinyDisk.MountOrSkip(kiB: 16 * 1024);
        await PostgresServer.GiveAsync(disk.Path);
        await _server.ExecuteAsync($"CREATE TABLESPACE tiny LOCATION '{disk.Path}'");
        var database = await _server.CreateDatabaseAsync("TABLESPACE tiny");
        await using (var journal = await PostgresJournal.OpenAsync(database, Token))
        {
            var acknowledged = 0;
            Task<AppendResult> NextAsync() => journal.AppendAsync(
                Append(StreamA, acknowledged + 1, Request(acknowledged + 1), PayloadBytes), Token).InTime();

            await Assert.ThrowsAsync<JournalFullException>(async () =>
            {
                for (; acknowledged < 1000; acknowledged++)
                {
                    await NextAsync();
                }
            });
            await Assert.ThrowsAsync<JournalFullException>(NextAsync);
            Assert.Equal(acknowledged, (await journal.ReadAsync(StreamA)).Count);
            Assert.True(journal.IsWritable);

            disk.Resize(kiB: 32 * 1024);
            Assert.Equal(new(AppendOutcome.Appended, acknowledged + 1), await NextAsync());
        }

        await _server.StopAtOnceAsync();
    }

    [Fact]
    public async Task Failures_OfAppends_AreCountedByOutcome()
    {
        var outcomes = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument is { Meter.Name: JournalTelemetry.Name, Name: "legpain.journal.failures" })
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => outcomes.Enqueue($"{tags[0].Key} {tags[0].Value}"));
        listener.Start();

        await Assert.ThrowsAsync<JournalRejectedException>(() => _journal.AppendAsync(StreamA, 1, "a \0"));
        await _server.StopAsync();
        await Patience.UntilAsync(() => !_journal.IsWritable);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => _journal.AppendAsync(StreamA, 1, "down"));

        Assert.Equal(["outcome rejected", "outcome unavailable"], outcomes);
    }

    private Task EndAsync(string how)
    {
        switch (how)
        {
            case "fast":
                return _server.StopAsync();
            case "immediate":
                return _server.StopAtOnceAsync();
            default:
                _server.Kill();
                return Task.CompletedTask;
        }
    }

    /// <summary>What a standby says may be older than what was acknowledged.</summary>
    [Fact]
    public async Task Server_ThatHasBecomeAStandby_IsNotReadAnyMore()
    {
        await _journal.FillAsync(StreamA, 2);
        await _server.StopAsync();
        await _server.StartAsStandbyAsync();

        await Assert.ThrowsAsync<JournalReadException>(() => _journal.HeadAsync(StreamA));
        await Assert.ThrowsAsync<JournalReadException>(() => _journal.ReadAsync(StreamA));
        await Assert.ThrowsAsync<JournalReadException>(() => _journal.FindAsync(StreamA, Request(1)));

        await _server.StopAsync();
        _server.MakePrimary();
        await _server.StartAgainAsync();
        await Patience.UntilAsync(() => _journal.IsWritable);
        Assert.Equal(2, (await _journal.HeadAsync(StreamA))!.Sequence);
    }

    [Fact]
    public async Task Server_ThatTakesNoWritesAnyMore_IsReadAllTheSame()
    {
        await _journal.FillAsync(StreamA, 1);

        await SetAsync("default_transaction_read_only", "on");
        await PostgresServer.ExecuteAsync(_database, EndWriter);
        await Patience.UntilAsync(() => !_journal.IsWritable);

        Assert.True(_journal.IsReachable);
        Assert.Equal(1, (await _journal.HeadAsync(StreamA))!.Sequence);
        await _server.StopAsync();
        await Patience.UntilAsync(() => !_journal.IsReachable);
    }

    private Task StandbyAsync(string name) => SetAsync("synchronous_standby_names", name);

    private async Task SetAsync(string setting, string value)
    {
        await _server.ExecuteAsync($"ALTER SYSTEM SET {setting} = '{value}'");
        await _server.ExecuteAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Appends one record after another, and finds out what became of those it was not told about.</summary>
    private async Task WriteAsync(
        int stream, ConcurrentDictionary<(int Stream, long Sequence), string> acknowledged, CancellationToken stop)
    {
        var name = $"stream-{stream}";
        var unknown = false;
        for (var sequence = 1L; !stop.IsCancellationRequested;)
        {
            try
            {
                if (!unknown || await _journal.FindAsync(name, Request(sequence)) is null)
                {
                    var result = await _journal.AppendAsync(name, sequence, Request(sequence));
                    Assert.Equal(new(AppendOutcome.Appended, sequence), result);
                }

                Assert.True(acknowledged.TryAdd((stream, sequence), Request(sequence)));
                sequence++;
                unknown = false;
            }
            catch (JournalUnknownOutcomeException)
            {
                unknown = true;
            }
            catch (JournalException exception) when (exception is JournalUnavailableException or JournalReadException)
            {
                await Patience.UntilAsync(() => _journal.IsWritable);
            }
        }
    }

    private async Task<List<JournalRecord>> ReadAllAsync(string stream)
    {
        var records = new List<JournalRecord>();
        while (await _journal.ReadAsync(stream, records.Count) is { Count: > 0 } page)
        {
            records.AddRange(page);
        }

        return records;
    }
}
