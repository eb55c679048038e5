using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests;

/// <summary>What every journal promises, whatever it is stored in.</summary>
public abstract partial class JournalConformance : IAsyncLifetime
{
    private IJournal? _journal;

    protected IJournal Journal => _journal!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _journal = await OpenAsync().InTime();

    public virtual async ValueTask DisposeAsync()
    {
        if (_journal is not null)
        {
            await _journal.DisposeAsync().InTime();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Append_TheFirstRecord_MakesTheStream()
    {
        var append = Append(StreamA, 1, "first");

        var result = await Journal.AppendAsync(append, Token).InTime();

        Assert.Equal(new(AppendOutcome.Appended, 1), result);
        Assert.Equal([Show(append.Record)], (await Journal.ReadAsync(StreamA)).Select(Show));
        Assert.Equal(Show(append.Head), Show(await Journal.HeadAsync(StreamA)));
    }

    [Fact]
    public async Task Append_OneAfterAnother_NumbersWithoutAGap()
    {
        await Journal.FillAsync(StreamA, 20);

        var sequences = await Journal.SequencesAsync(StreamA);

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), sequences);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Append_AtASequenceThatIsNotTheNext_WritesNothing(long sequence)
    {
        await Journal.FillAsync(StreamA, 3);
        var head = Show(await Journal.HeadAsync(StreamA));

        var result = await Journal.AppendAsync(StreamA, sequence, "stale");

        Assert.Equal(new(AppendOutcome.Conflict, 3), result);
        Assert.Equal([1, 2, 3], await Journal.SequencesAsync(StreamA));
        Assert.Equal(head, Show(await Journal.HeadAsync(StreamA)));
        Assert.Null(await Journal.FindAsync(StreamA, "stale"));
    }

    [Fact]
    public async Task Append_PastTheFirstOfANewStream_WritesNothing()
    {
        var result = await Journal.AppendAsync(StreamA, 2, "future");

        Assert.Equal(new(AppendOutcome.Conflict, 0), result);
        Assert.Empty(await Journal.ReadAsync(StreamA));
        Assert.Null(await Journal.HeadAsync(StreamA));
    }

    [Fact]
    public async Task Append_AfterAConflict_SucceedsAtTheSequenceItWasTold()
    {
        await Journal.FillAsync(StreamA, 3);
        var conflict = await Journal.AppendAsync(StreamA, 2, "late");

        var result = await Journal.AppendAsync(StreamA, conflict.Sequence + 1, "late");

        Assert.Equal(new(AppendOutcome.Appended, 4), result);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Append_OfARequestAppliedBefore_SaysWhereAndWritesNothing(long sequence)
    {
        await Journal.FillAsync(StreamA, 3);

        var result = await Journal.AppendAsync(StreamA, sequence, Request(2));

        Assert.Equal(new(AppendOutcome.AlreadyApplied, 2), result);
        Assert.Equal([1, 2, 3], await Journal.SequencesAsync(StreamA));
        Assert.Equal(3, (await Journal.HeadAsync(StreamA))!.Sequence);
        Assert.Equal(Show(Append(StreamA, 2, Request(2)).Record), Show(await Journal.FindAsync(StreamA, Request(2))));
    }

    [Fact]
    public async Task Append_OfARequestAppliedToAnotherStream_IsAppended()
    {
        await Journal.FillAsync(StreamA, 1);

        var result = await Journal.AppendAsync(StreamB, 1, Request(1));

        Assert.Equal(new(AppendOutcome.Appended, 1), result);
    }

    [Theory]
    [InlineData("a", "A")]
    [InlineData("a", "a ")]
    [InlineData("é", "e\u0301")]
    [InlineData("a\u0001b", "a\u0001c")]
    [InlineData("co-op", "coop")]
    [InlineData("1", "01")]
    public async Task Append_RequestIdsThatLookAlike_AreTwoRequests(string first, string second)
    {
        await Journal.AppendAsync(StreamA, 1, first);

        var result = await Journal.AppendAsync(StreamA, 2, second);

        Assert.Equal(new(AppendOutcome.Appended, 2), result);
        Assert.Equal(1, (await Journal.FindAsync(StreamA, first))!.Sequence);
        Assert.Equal(2, (await Journal.FindAsync(StreamA, second))!.Sequence);
    }

    [Fact]
    public async Task Append_WithACancelledToken_WritesNothing()
    {
        var append = Append(StreamA, 1, "cancelled");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.AppendAsync(append, new(canceled: true)).InTime());

        Assert.Empty(await Journal.ReadAsync(StreamA));
    }

    [Fact]
    public async Task Append_APayloadAtTheLimit_IsKept()
    {
        var append = Append(StreamA, 1, "large", JournalLimits.PayloadBytesMax);

        var result = await Journal.AppendAsync(append, Token).InTime();

        Assert.Equal(AppendOutcome.Appended, result.Outcome);
        Assert.Equal(Show(append.Record), Show(Assert.Single(await Journal.ReadAsync(StreamA))));
    }

    [Fact]
    public async Task Append_APayloadPastTheLimit_IsRefused()
    {
        var append = Append(StreamA, 1, "too large", JournalLimits.PayloadBytesMax + 1);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.AppendAsync(append, Token).InTime());

        Assert.Empty(await Journal.ReadAsync(StreamA));
    }

    [Fact]
    public async Task Append_WithTheHeadOfAnotherRecord_IsRefused()
    {
        var append = Append(StreamA, 1, "first");
        append = append with { Head = append.Head with { Sequence = 2 } };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.AppendAsync(append, Token).InTime());

        Assert.Empty(await Journal.ReadAsync(StreamA));
    }

    [Fact]
    public async Task Append_AnEmptyPayload_IsKept()
    {
        var append = Append(StreamA, 1, "empty", payloadBytes: 0);

        await Journal.AppendAsync(append, Token).InTime();

        Assert.Equal(Show(append.Record), Show(Assert.Single(await Journal.ReadAsync(StreamA))));
    }

    [Fact]
    public async Task Append_EachRecord_ReplacesTheHeadWithIt()
    {
        for (var sequence = 1; sequence <= 4; sequence++)
        {
            var append = Append(StreamA, sequence, Request(sequence));

            await Journal.AppendAsync(append, Token).InTime();

            Assert.Equal(Show(append.Head), Show(await Journal.HeadAsync(StreamA)));
        }
    }

    [Fact]
    public async Task Append_ByTwoWritersAtOneSequence_LetsExactlyOneWin()
    {
        for (var sequence = 1; sequence <= 50; sequence++)
        {
            var at = sequence;
            var results = await Task.WhenAll(
                Task.Run(() => Journal.AppendAsync(StreamA, at, $"left-{at}"), Token),
                Task.Run(() => Journal.AppendAsync(StreamA, at, $"right-{at}"), Token)).InTime();

            Assert.Equal([AppendOutcome.Appended, AppendOutcome.Conflict], results.Select(r => r.Outcome).Order());
            Assert.All(results, result => Assert.Equal(at, result.Sequence));
        }

        Assert.Equal(50, (await Journal.ReadAsync(StreamA)).Count);
    }

    [Fact]
    public async Task Append_ToManyStreamsAtOnce_KeepsEachWhole()
    {
        var streams = Enumerable.Range(0, 50).Select(i => $"stream-{i}").ToList();

        await Task.WhenAll(streams.Select(stream => Task.Run(() => Journal.FillAsync(stream, 20), Token))).InTime();

        foreach (var stream in streams)
        {
            var expected = Enumerable.Range(1, 20).Select(i => Show(Append(stream, i, Request(i)).Record));
            Assert.Equal(expected, (await Journal.ReadAsync(stream)).Select(Show));
            Assert.Equal(20, (await Journal.HeadAsync(stream))!.Sequence);
        }
    }

    protected abstract ValueTask<IJournal> OpenAsync();
}
