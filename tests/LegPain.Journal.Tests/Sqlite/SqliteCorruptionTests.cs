using CsCheck;
using LegPain.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.Sqlite;

public sealed class SqliteCorruptionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteJournal _journal = null!;
    private SqliteConnection _raw = null!;

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(_folder.Database);
        await _journal.FillAsync(StreamA, 5);
        await _journal.FillAsync(StreamB, 5);
        _raw = Raw.Connect(_folder.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _journal.DisposeAsync().InTime();
        _folder.Dispose();
    }

    [Fact]
    public async Task Read_ARecordWithADamagedPayload_NamesItAndLeavesTheBytes()
    {
        var damaged = Damage(sequence: 3);

        var read = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));
        var found = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.FindAsync(StreamA, Request(3)));

        Assert.Equal(3, read.Sequence);
        Assert.Equal(3, found.Sequence);
        Assert.Equal(damaged, Payload(sequence: 3));
    }

    [Fact]
    public async Task Read_AroundADamagedRecord_StillGivesTheOthers()
    {
        Damage(sequence: 3);

        Assert.Equal([1, 2], (await _journal.ReadAsync(StreamA, 0, 2)).Select(record => record.Sequence));
        Assert.Equal([4, 5], (await _journal.ReadAsync(StreamA, 3)).Select(record => record.Sequence));
    }

    [Fact]
    public async Task Streams_BesideADamagedOne_AreReadAndWritten()
    {
        Damage(sequence: 3);
        await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));

        Assert.Equal(new(AppendOutcome.Appended, 6), await _journal.AppendAsync(StreamB, 6, Request(6)));
        Assert.Equal(6, (await _journal.ReadAsync(StreamB)).Count);
        Assert.True(_journal.IsWritable);
    }

    [Fact]
    public async Task Read_ARecordThatIsRestored_WorksWithoutAReopen()
    {
        Damage(sequence: 3);
        await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));
        _raw.Execute("UPDATE record SET payload = $payload WHERE stream = $stream AND sequence = 3",
            ("$payload", Append(StreamA, 3, Request(3)).Record.Payload.ToArray()), ("$stream", StreamA));

        Assert.Equal(5, (await _journal.ReadAsync(StreamA)).Count);
    }

    [Theory]
    [InlineData("UPDATE record SET payload = zeroblob(24) WHERE stream = 'stream-a' AND sequence = 3")]
    [InlineData("UPDATE record SET payload = x'' WHERE stream = 'stream-a' AND sequence = 3")]
    [InlineData("UPDATE record SET request_hash = x'0000' WHERE stream = 'stream-a' AND sequence = 3")]
    [InlineData("UPDATE record SET request_id = 'other' WHERE stream = 'stream-a' AND sequence = 3")]
    [InlineData("UPDATE record SET recorded_at = recorded_at + 1 WHERE stream = 'stream-a' AND sequence = 3")]
    [InlineData("UPDATE record SET checksum = checksum + 1 WHERE stream = 'stream-a' AND sequence = 3")]
    public async Task Read_ARecordWithAnyFieldChanged_IsCorrupt(string change)
    {
        Assert.Equal(1, _raw.Execute(change));

        var exception = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));

        Assert.Equal(3, exception.Sequence);
    }

    [Fact]
    public async Task Read_ARowMovedFromAnotherStream_IsCorrupt()
    {
        _raw.Execute("DELETE FROM record WHERE stream = 'stream-a' AND sequence = 5");
        _raw.Execute("UPDATE record SET stream = 'stream-a' WHERE stream = 'stream-b' AND sequence = 5");

        var exception = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));

        Assert.Equal(5, exception.Sequence);
    }

    [Fact]
    public async Task Read_TwoRowsSwapped_IsCorrupt()
    {
        _raw.Execute("UPDATE record SET sequence = -1 WHERE stream = 'stream-a' AND sequence = 2");
        _raw.Execute("UPDATE record SET sequence = 2 WHERE stream = 'stream-a' AND sequence = 3");
        _raw.Execute("UPDATE record SET sequence = 3 WHERE stream = 'stream-a' AND sequence = -1");

        var exception = await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));

        Assert.Equal(2, exception.Sequence);
    }

    [Fact]
    public async Task ReadSnapshot_ThatIsDamaged_PassesItOver()
    {
        await _journal.KeepAsync(StreamA, new(2, new byte[] { 2 }));
        await _journal.KeepAsync(StreamA, new(4, new byte[] { 4 }));
        _raw.Execute("UPDATE snapshot SET payload = x'05' WHERE sequence = 4");

        Assert.Equal("2 02", Show(await _journal.SnapshotAsync(StreamA, 5)));

        _raw.Execute("UPDATE snapshot SET payload = x'05'");
        Assert.Null(await _journal.SnapshotAsync(StreamA, 5));
    }

    [Fact]
    public async Task Read_ADamagedRecordManyTimes_LeavesNoConnectionOpen()
    {
        Damage(sequence: 3);
        var before = OpenFiles();

        for (var i = 0; i < 50; i++)
        {
            await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA));
        }

        // At most the four connections that are kept for readers, with two files each.
        Assert.InRange(OpenFiles() - before, 0, 8);
    }

    [Fact]
    public async Task Read_AnyPayloadBitFlipped_IsCorrupt()
    {
        var whole = Payload(sequence: 3);

        await Gen.Int[0, (whole.Length * 8) - 1].SampleAsync(async bit =>
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Set(sequence: 3, flipped);

            await Assert.ThrowsAsync<JournalCorruptException>(() => _journal.ReadAsync(StreamA, 2, 1));
        }, iter: 60, threads: 1);
    }

    private byte[] Damage(long sequence)
    {
        var bytes = Payload(sequence);
        bytes[7] ^= 0x10;
        Set(sequence, bytes);
        return bytes;
    }

    private byte[] Payload(long sequence) => (byte[])_raw.Scalar(
        "SELECT payload FROM record WHERE stream = 'stream-a' AND sequence = $sequence", ("$sequence", sequence))!;

    private void Set(long sequence, byte[] payload) => _raw.Execute(
        "UPDATE record SET payload = $payload WHERE stream = 'stream-a' AND sequence = $sequence",
        ("$payload", payload), ("$sequence", sequence));

    private int OpenFiles() => Directory.Exists("/proc/self/fd")
        ? Directory.GetFiles("/proc/self/fd").Count(file =>
            new FileInfo(file).LinkTarget?.StartsWith(_folder.Path, StringComparison.Ordinal) == true)
        : 0;
}
