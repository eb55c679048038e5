using LegPain.Journal.PostgreSql;
using Xunit;

namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>Heads that are asked for together, of a database whose page of one of them cannot be read.</summary>
public sealed class PostgresHeadsTests
{
    private const string Bad = "bad";

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_TogetherWithAHeadThatCannotBeRead_IsAnswered()
    {
        await using var heads = new PostgresHeads(ReadAsync);

        // Both readers are held, so that all that follow are one batch or two.
        var holding = new List<Task<JournalHead?>> { heads.ReadAsync("first", Token).AsTask() };
        await Patience.UntilAsync(() => _reads == 1);
        holding.Add(heads.ReadAsync("second", Token).AsTask());
        await Patience.UntilAsync(() => _reads == 2);
        var good = Enumerable.Range(0, 20).Select(i => heads.ReadAsync($"good-{i}", Token).AsTask()).ToList();
        var bad = heads.ReadAsync(Bad, Token).AsTask();
        good.AddRange(Enumerable.Range(20, 20).Select(i => heads.ReadAsync($"good-{i}", Token).AsTask()));
        _open.SetResult();

        Assert.All(await Task.WhenAll(good.Concat(holding)).InTime(), head => Assert.Equal(1, head!.Sequence));
        await Assert.ThrowsAsync<JournalCorruptException>(() => bad.InTime());
    }

    private async Task<List<(string Stream, JournalHead Head)>> ReadAsync(string[] streams)
    {
        Interlocked.Increment(ref _reads);
        await _open.Task;
        return streams.Contains(Bad)
            ? throw new JournalCorruptException(0)
            : [.. streams.Select(stream => (stream, new JournalHead("t", 1, 1, null, default, default)))];
    }
}
