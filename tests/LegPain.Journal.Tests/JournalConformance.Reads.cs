using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task Read_OfAStreamNeverWritten_IsEmpty()
    {
        await Journal.FillAsync(StreamB, 1);

        Assert.Empty(await Journal.ReadAsync(StreamA));
        Assert.Null(await Journal.HeadAsync(StreamA));
        Assert.Null(await Journal.FindAsync(StreamA, Request(1)));
        Assert.Null(await Journal.SnapshotAsync(StreamA, long.MaxValue));
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(0, 5, 1, 5)]
    [InlineData(3, 2, 4, 2)]
    [InlineData(8, 5, 9, 2)]
    [InlineData(0, 1000, 1, 10)]
    public async Task Read_APage_StartsAfterTheSequenceGiven(long after, int max, long first, int count)
    {
        await Journal.FillAsync(StreamA, 10);

        var page = await Journal.ReadAsync(StreamA, after, max);

        Assert.Equal(Enumerable.Range(0, count).Select(i => first + i), page.Select(record => record.Sequence));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    public async Task Read_AtOrPastTheEnd_IsEmpty(long after)
    {
        await Journal.FillAsync(StreamA, 10);

        Assert.Empty(await Journal.ReadAsync(StreamA, after));
    }

    [Fact]
    public async Task Read_MoreThanOnePageHolds_GivesTheRestOnTheNext()
    {
        await Journal.FillAsync(StreamA, JournalLimits.ReadMax + 1);

        var first = await Journal.ReadAsync(StreamA, 0, JournalLimits.ReadMax);
        var second = await Journal.ReadAsync(StreamA, first[^1].Sequence, JournalLimits.ReadMax);

        Assert.Equal(JournalLimits.ReadMax, first.Count);
        Assert.Equal(JournalLimits.ReadMax + 1, Assert.Single(second).Sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(JournalLimits.ReadMax + 1)]
    public async Task Read_OutsideTheLimits_IsRefused(int max) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.ReadAsync(StreamA, 0, max));

    [Fact]
    public async Task FindRequest_OfEachRecord_IsThatRecord()
    {
        await Journal.FillAsync(StreamA, 5);

        for (var sequence = 1; sequence <= 5; sequence++)
        {
            var found = await Journal.FindAsync(StreamA, Request(sequence));
            Assert.Equal(Show(Append(StreamA, sequence, Request(sequence)).Record), Show(found));
        }

        Assert.Null(await Journal.FindAsync(StreamB, Request(1)));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(99, null)]
    [InlineData(100, 100L)]
    [InlineData(199, 100L)]
    [InlineData(200, 200L)]
    [InlineData(long.MaxValue, 300L)]
    public async Task ReadSnapshot_AtASequence_IsTheNewestThen(long atOrBefore, long? expected)
    {
        // Not in order: a slow snapshot may be kept after a later one.
        foreach (var sequence in new[] { 200L, 100L, 300L })
        {
            await Journal.KeepAsync(StreamA, new(sequence, BitConverter.GetBytes(sequence)));
        }

        var snapshot = await Journal.SnapshotAsync(StreamA, atOrBefore);

        Assert.Equal(expected, snapshot?.Sequence);
        Assert.Equal(expected, snapshot is null ? null : BitConverter.ToInt64(snapshot.Payload.Span));
    }

    [Fact]
    public async Task WriteSnapshot_TwiceAtOneSequence_KeepsTheLater()
    {
        await Journal.KeepAsync(StreamA, new(100, new byte[] { 1 }));
        await Journal.KeepAsync(StreamA, new(100, new byte[] { 2 }));

        Assert.Equal("100 02", Show(await Journal.SnapshotAsync(StreamA, 100)));
    }

    [Fact]
    public async Task WriteSnapshot_OfAStream_IsNotSeenInItsRecords()
    {
        await Journal.FillAsync(StreamA, 2);

        await Journal.KeepAsync(StreamA, new(2, new byte[] { 1 }));

        Assert.Equal([1, 2], await Journal.SequencesAsync(StreamA));
        Assert.Equal(2, (await Journal.HeadAsync(StreamA))!.Sequence);
        Assert.Null(await Journal.SnapshotAsync(StreamB, long.MaxValue));
    }

    [Fact]
    public async Task WriteSnapshot_OfAStreamWithoutRecords_DoesNotMakeIt()
    {
        await Journal.KeepAsync(StreamA, new(1, new byte[] { 1 }));

        Assert.Null(await Journal.HeadAsync(StreamA));
        Assert.Equal(new(AppendOutcome.Appended, 1), await Journal.AppendAsync(StreamA, 1, "first"));
    }
}
