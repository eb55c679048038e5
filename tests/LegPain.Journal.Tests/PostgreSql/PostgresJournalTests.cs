using System.Text.RegularExpressions;
using LegPain.Journal.PostgreSql;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.PostgreSql;

public sealed class PostgresJournalTests(PostgresFixture postgres) : JournalConformance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void IsExclusive_OfAJournalOthersCanWrite_IsFalse() => Assert.False(Journal.IsExclusive);

    [Fact]
    public Task Append_WithANul_FailsAloneAndStopsNobody() => FailsAlone("with a \0");

    [Fact]
    public Task Append_WithHalfACharacter_FailsAloneAndStopsNobody() => FailsAlone("half a \ud83d");

    [Fact]
    public async Task Append_WithoutATenant_IsRejected()
    {
        var misfit = Append(StreamA, 1, "misfit");
        misfit = misfit with { Head = misfit.Head with { Tenant = null! } };

        await Assert.ThrowsAsync<JournalRejectedException>(() => Journal.AppendAsync(misfit, Token).InTime());

        Assert.Empty(await Journal.ReadAsync(StreamA));
        Assert.Null(await Journal.HeadAsync(StreamA));
    }

    [Theory]
    [InlineData("with a \0")]
    [InlineData("with half a \\ud83d")]
    public async Task Read_OfATextThatDoesNotFit_FindsNothingAndHarmsNoOther(string escaped)
    {
        var misfit = Regex.Unescape(escaped);
        await Journal.FillAsync(StreamA, 1);

        var heads = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(i => Journal.ReadHeadAsync(i % 2 == 0 ? StreamA : misfit, Token).AsTask())).InTime();

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i % 2 == 0), heads.Select(head => head is not null));
        Assert.Null(await Journal.FindAsync(StreamA, misfit));
    }

    [Fact]
    public async Task ReadHead_OfManyStreamsAtOnce_GivesEachItsOwn()
    {
        const int Streams = 300;
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => Journal.FillAsync($"stream-{i}", 1 + (i % 3))));

        var heads = await Task.WhenAll(Enumerable.Range(0, Streams * 2)
            .Select(i => Journal.ReadHeadAsync($"stream-{i}", Token).AsTask())).InTime();

        Assert.Equal(
            Enumerable.Range(0, Streams * 2).Select(i => i < Streams ? 1 + (i % 3) : 0L),
            heads.Select(head => head?.Sequence ?? 0));
    }

    [Fact]
    public async Task ReadHead_WithACancelledToken_IsCancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.ReadHeadAsync(StreamA, new(canceled: true)).InTime());

    protected override async ValueTask<IJournal> OpenAsync() =>
        await PostgresJournal.OpenAsync(await postgres.CreateDatabaseAsync(), Token);

    private async Task FailsAlone(string request)
    {
        var waiting = Enumerable.Range(0, 50)
            .Select(i => Journal.AppendAsync(Append($"stream-{i}", 1, "fits"), Token).AsTask()).ToList();
        var misfit = Journal.AppendAsync(Append(StreamA, 1, request), Token).AsTask();
        waiting.AddRange(Enumerable.Range(50, 50)
            .Select(i => Journal.AppendAsync(Append($"stream-{i}", 1, "fits"), Token).AsTask()));

        await Assert.ThrowsAsync<JournalRejectedException>(() => misfit.InTime());

        Assert.All(await Task.WhenAll(waiting).InTime(), r => Assert.Equal(new(AppendOutcome.Appended, 1), r));
        Assert.Empty(await Journal.ReadAsync(StreamA));
        Assert.Equal(new(AppendOutcome.Appended, 1), await Journal.AppendAsync(StreamA, 1, "fits"));
    }
}
