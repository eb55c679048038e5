using LegPain.Journal.Memory;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.Memory;

public sealed class MemoryJournalTests : JournalConformance
{
    [Fact]
    public async Task BeforeAppend_ThatThrows_FailsWithNothingWritten()
    {
        var journal = new MemoryJournal { BeforeAppend = _ => throw new JournalFullException() };

        await Assert.ThrowsAsync<JournalFullException>(() => journal.AppendAsync(StreamA, 1, "first"));

        Assert.Empty(await journal.ReadAsync(StreamA));
    }

    [Fact]
    public async Task AfterAppend_ThatThrows_FailsWithTheRecordWritten()
    {
        var journal = new MemoryJournal { AfterAppend = _ => throw new JournalUnknownOutcomeException() };

        await Assert.ThrowsAsync<JournalUnknownOutcomeException>(() => journal.AppendAsync(StreamA, 1, "first"));

        Assert.Equal([1], await journal.SequencesAsync(StreamA));
    }

    protected override ValueTask<IJournal> OpenAsync() => ValueTask.FromResult<IJournal>(new MemoryJournal());
}
