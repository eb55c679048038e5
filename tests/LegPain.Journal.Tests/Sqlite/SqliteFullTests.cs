using LegPain.Journal.Sqlite;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.Sqlite;

public sealed class SqliteFullTests
{
    private const int PayloadBytes = 16 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>2 MiB end in the write-ahead log; 12 MiB after it was copied into the file and begun again.</summary>
    [Theory]
    [InlineData(2 * 1024)]
    [InlineData(12 * 1024)]
    public async Task Append_OnAFullDisk_FailsAndGoesOnOnceThereIsRoom(int kiB)
    {
        using var disk = TinyDisk.MountOrSkip(kiB);
        long acknowledged;
        await using (var journal = SqliteJournal.Open(disk.Database))
        {
            acknowledged = await FillUpAsync(journal);
            Assert.InRange(acknowledged, 10, kiB * 1024 / PayloadBytes);

            await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, acknowledged + 1));
            await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, acknowledged + 1));
            await AssertHoldsAsync(journal, acknowledged);
            Assert.True(journal.IsWritable, "A full disk is no reason to restart.");

            disk.Resize(4 * kiB);
            for (var i = 0; i < 50; i++)
            {
                acknowledged++;
                Assert.Equal(new(AppendOutcome.Appended, acknowledged), await AppendAsync(journal, acknowledged));
            }

            await AssertHoldsAsync(journal, acknowledged);
        }

        await using var reopened = SqliteJournal.Open(disk.Database);
        await AssertHoldsAsync(reopened, acknowledged);
    }

    [Fact]
    public async Task Append_ManyOnAFullDisk_EachIsStoredOrRefused()
    {
        using var disk = TinyDisk.MountOrSkip(2 * 1024);
        await using var journal = SqliteJournal.Open(disk.Database);

        var appends = Enumerable.Range(0, 300)
            .Select(i => Append($"stream-{i}", 1, Request(1), PayloadBytes))
            .Select(append => journal.AppendAsync(append, Token).AsTask()).ToList();
        await Assert.ThrowsAsync<JournalFullException>(() => Task.WhenAll(appends).InTime());

        for (var i = 0; i < appends.Count; i++)
        {
            var stored = (await journal.ReadAsync($"stream-{i}")).Count;
            Assert.Equal(appends[i].IsCompletedSuccessfully ? 1 : 0, stored);
            Assert.True(appends[i]
                is { IsCompletedSuccessfully: true } or { Exception.InnerException: JournalFullException });
        }
    }

    private static async Task<long> FillUpAsync(SqliteJournal journal)
    {
        for (var sequence = 1; ; sequence++)
        {
            try
            {
                await AppendAsync(journal, sequence);
            }
            catch (JournalFullException)
            {
                return sequence - 1;
            }
        }
    }

    private static Task<AppendResult> AppendAsync(SqliteJournal journal, long sequence) =>
        journal.AppendAsync(Append(StreamA, sequence, Request(sequence), PayloadBytes), Token).InTime();

    private static async Task AssertHoldsAsync(SqliteJournal journal, long count)
    {
        var records = await journal.ReadAsync(StreamA);
        Assert.Equal(count, records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            Assert.Equal(Show(Append(StreamA, i + 1, Request(i + 1), PayloadBytes).Record), Show(records[i]));
        }

        Assert.Equal(count, (await journal.HeadAsync(StreamA))!.Sequence);
        Assert.Null(await journal.FindAsync(StreamA, Request(count + 1)));
    }
}
