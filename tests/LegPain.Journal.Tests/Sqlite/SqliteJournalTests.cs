using LegPain.Journal.Sqlite;
using Xunit;

namespace LegPain.Journal.Tests.Sqlite;

public sealed class SqliteJournalTests : JournalConformance
{
    private readonly TempFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Append_ThatDoesNotFit_FailsAloneAndStopsNobody()
    {
        var misfit = Samples.Append(Samples.StreamA, 1, "misfit");
        misfit = misfit with { Head = misfit.Head with { Tenant = null! } };

        await Assert.ThrowsAsync<JournalRejectedException>(
            () => Journal.AppendAsync(misfit, TestContext.Current.CancellationToken).InTime());
        await Journal.AppendAsync(Samples.StreamA, 1, "fits");

        Assert.Equal([1], await Journal.SequencesAsync(Samples.StreamA));
    }

    [Fact]
    public async Task Append_RequestIdsThatDifferAfterANul_AreTwoRequests()
    {
        await Journal.AppendAsync(Samples.StreamA, 1, "a\0b");

        var result = await Journal.AppendAsync(Samples.StreamA, 2, "a\0c");

        Assert.Equal(new(AppendOutcome.Appended, 2), result);
        Assert.Equal(1, (await Journal.FindAsync(Samples.StreamA, "a\0b"))!.Sequence);
    }

    protected override ValueTask<IJournal> OpenAsync() =>
        ValueTask.FromResult<IJournal>(SqliteJournal.Open(_folder.Database));
}
