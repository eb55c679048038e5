using LegPain.Journal.PostgreSql;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.PostgreSql;

public sealed class PostgresCorruptionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Third = "WHERE stream = 'stream-a' AND sequence = 3";

    private string _database = null!;
    private PostgresJournal _journal = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _journal = await PostgresJournal.OpenAsync(_database, Token);
        await _journal.FillAsync(StreamA, 5);
    }

    public async ValueTask DisposeAsync() => await _journal.DisposeAsync().InTime();

    [Theory]
    [InlineData("payload = payload || '\\x00'")]
    [InlineData("payload = ''")]
    [InlineData("request_hash = '\\x0000'")]
    [InlineData("request_id = 'other'")]
    [InlineData("recorded_at = recorded_at + 1")]
    [InlineData("checksum = checksum + 1")]
    public async Task Read_ARecordThatWasChanged_NamesItAndStillGivesTheOthers(string change)
    {
        await PostgresServer.ExecuteAsync(_database, $"UPDATE legpain.record SET {change} {Third}");

        var read = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));

        Assert.Equal(3, read.Sequence);
        Assert.Equal([1, 2], (await _journal.ReadAsync(StreamA, 0, 2)).Select(record => record.Sequence));
        Assert.Equal([4, 5], (await _journal.ReadAsync(StreamA, 3)).Select(record => record.Sequence));
    }

    [Fact]
    public async Task FindRequest_OfARecordThatWasChanged_IsCorrupt()
    {
        await PostgresServer.ExecuteAsync(_database, $"UPDATE legpain.record SET payload = '' {Third}");

        var found = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.FindAsync(StreamA, Request(3)));

        Assert.Equal(3, found.Sequence);
    }

    [Fact]
    public async Task ReadSnapshot_WhoseNewestWasChanged_IsTheOneBefore()
    {
        await _journal.KeepAsync(StreamA, new(2, new byte[] { 2 }));
        await _journal.KeepAsync(StreamA, new(3, new byte[] { 3 }));
        await _journal.KeepAsync(StreamA, new(4, new byte[] { 4 }));

        await PostgresServer.ExecuteAsync(
            _database, "UPDATE legpain.snapshot SET payload = '\\x09' WHERE sequence IN (3, 4)");

        Assert.Equal("2 02", Show(await _journal.SnapshotAsync(StreamA, 5)));
    }
}
