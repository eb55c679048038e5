using LegPain.Journal.PostgreSql;
using Npgsql;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>Two nodes write the same streams: the database lets one of them win, whatever they believe.</summary>
public sealed class PostgresFencingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private string _database = null!;
    private PostgresJournal _journal = null!;
    private PostgresJournal _other = null!;
    private NpgsqlConnection _raw = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _journal = await PostgresJournal.OpenAsync(_database, Token);
        _other = await PostgresJournal.OpenAsync(_database, Token);
        _raw = await Raw.ConnectAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _journal.DisposeAsync().InTime();
        await _other.DisposeAsync().InTime();
    }

    [Fact]
    public async Task Append_ByManyWritersOfTwoNodesOnTheSameStreams_LeavesNoGapAndNoFork()
    {
        const int Writers = 16;
        const int Streams = 5;
        const int AppendsEach = 60;

        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            () => WriteAsync(writer % 2 == 0 ? _journal : _other, writer, Streams, AppendsEach), Token))).InTime();

        // Everything acknowledged is where it was said to be, once.
        var expected = acknowledged.SelectMany(own => own).ToDictionary(a => (a.Stream, a.Sequence), a => a.Request);
        Assert.Equal(Writers * AppendsEach, expected.Count);
        for (var i = 0; i < Streams; i++)
        {
            var stream = $"stream-{i}";
            var records = await _journal.ReadAsync(stream);
            Assert.Equal(Enumerable.Range(1, records.Count).Select(n => (long)n), records.Select(r => r.Sequence));
            Assert.All(records, record => Assert.Equal(record.RequestId, expected[(stream, record.Sequence)]));
            Assert.Equal(records.Count, (await _other.HeadAsync(stream))!.Sequence);
        }

        Assert.Equal((long)expected.Count, await _raw.ScalarAsync("SELECT count(*) FROM legpain.record"));
    }

    [Fact]
    public async Task Append_OfOneRequestByTwoNodesAtOnce_IsAppliedOnce()
    {
        for (var sequence = 1; sequence <= 50; sequence++)
        {
            var at = sequence;
            var results = await Task.WhenAll(
                Task.Run(() => _journal.AppendAsync(StreamA, at, Request(at)), Token),
                Task.Run(() => _other.AppendAsync(StreamA, at, Request(at)), Token)).InTime();

            Assert.Equal(
                [AppendOutcome.Appended, AppendOutcome.AlreadyApplied], results.Select(r => r.Outcome).Order());
            Assert.All(results, result => Assert.Equal(at, result.Sequence));
        }

        Assert.Equal(50, (await _journal.ReadAsync(StreamA)).Count);
    }

    [Theory]
    [InlineData("their request", AppendOutcome.Conflict)]
    [InlineData("my request", AppendOutcome.AlreadyApplied)]
    public async Task Append_BehindATransactionThatCommits_WritesNothing(string theirs, AppendOutcome expected)
    {
        await _raw.ExecuteAsync("BEGIN");
        await _raw.InsertRecordAsync(StreamA, 1, theirs);
        var waiting = _journal.AppendAsync(Append(StreamA, 1, "my request"), Token).AsTask();
        await _raw.UntilWaitedForAsync();

        await _raw.ExecuteAsync("COMMIT");

        Assert.Equal(new(expected, 1), await waiting.InTime());
        Assert.Equal(1L, await _raw.ScalarAsync("SELECT count(*) FROM legpain.record"));
        Assert.Equal(1, (await _journal.HeadAsync(StreamA))!.Sequence);
    }

    [Fact]
    public async Task Append_BehindATransactionThatIsUndone_IsAppended()
    {
        await _raw.ExecuteAsync("BEGIN");
        await _raw.InsertRecordAsync(StreamA, 1, "undone");
        var waiting = _journal.AppendAsync(Append(StreamA, 1, "mine"), Token).AsTask();
        await _raw.UntilWaitedForAsync();

        await _raw.ExecuteAsync("ROLLBACK");

        Assert.Equal(new(AppendOutcome.Appended, 1), await waiting.InTime());
        Assert.Equal("mine", Assert.Single(await _journal.ReadAsync(StreamA)).RequestId);
    }

    /// <summary>A head that moved first would pass a record that its request id keeps from being written.</summary>
    [Fact]
    public async Task Append_OfARequestCommittedWhileItWaits_LeavesNoGap()
    {
        await _journal.FillAsync(StreamA, 1);
        await _raw.ExecuteAsync("BEGIN");
        await _raw.InsertRecordAsync(StreamA, 2, "late");
        var waiting = _journal.AppendAsync(Append(StreamA, 2, "late"), Token).AsTask();
        await _raw.UntilWaitedForAsync();

        await _raw.ExecuteAsync("COMMIT");

        Assert.Equal(new(AppendOutcome.AlreadyApplied, 2), await waiting.InTime());
        Assert.Equal(2, (await _journal.HeadAsync(StreamA))!.Sequence);
        Assert.Equal(new(AppendOutcome.Appended, 3), await _other.AppendAsync(StreamA, 3, Request(3)));
    }

    [Fact]
    public async Task Append_ThatLosesADeadlock_IsSentAgain()
    {
        // A server looks for a circle once, so long after a wait has begun: by then this test must have closed it.
        await _raw.ExecuteAsync(
            $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_database).Database} SET deadlock_timeout = '3s'");
        await using var journal = await PostgresJournal.OpenAsync(_database, Token);
        await using var other = await Raw.ConnectAsync(_database);
        await other.ExecuteAsync("BEGIN; SET LOCAL deadlock_timeout = '60s'");
        await other.InsertRecordAsync(StreamB, 1, "undone");

        // The first append holds the writer up, so that the next two share a statement.
        await _raw.ExecuteAsync("BEGIN");
        await _raw.InsertRecordAsync("first", 1, "undone");
        string[] streams = ["first", StreamA, StreamB];
        var waiting = streams.Select(s => journal.AppendAsync(Append(s, 1, "mine"), Token).AsTask()).ToList();
        await _raw.UntilWaitedForAsync();
        await _raw.ExecuteAsync("ROLLBACK");

        // That statement takes stream-a and waits for stream-b; this transaction then waits for stream-a.
        await other.UntilWaitedForAsync();
        await other.InsertRecordAsync(StreamA, 1, "undone too");
        await other.ExecuteAsync("ROLLBACK");

        Assert.All(await Task.WhenAll(waiting).InTime(), r => Assert.Equal(new(AppendOutcome.Appended, 1), r));
    }

    /// <summary>Appends by what the journal says of the stream, until enough is acknowledged.</summary>
    private static async Task<List<(string Stream, long Sequence, string Request)>> WriteAsync(
        PostgresJournal journal, int writer, int streams, int count)
    {
        var acknowledged = new List<(string, long, string)>();
        var next = new Dictionary<string, long>();
        for (var i = 0; acknowledged.Count < count; i++)
        {
            var stream = $"stream-{(i + writer) % streams}";
            var sequence = next.GetValueOrDefault(stream, 1);
            var request = $"{writer}-{i}";
            var result = await journal.AppendAsync(stream, sequence, request);
            Assert.NotEqual(AppendOutcome.AlreadyApplied, result.Outcome);
            next[stream] = result.Sequence + 1;
            if (result.Outcome == AppendOutcome.Appended)
            {
                acknowledged.Add((stream, result.Sequence, request));
            }
        }

        return acknowledged;
    }
}
