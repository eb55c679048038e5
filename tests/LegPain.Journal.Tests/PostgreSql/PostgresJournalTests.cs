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
