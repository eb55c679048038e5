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

    protected override IJournal Open() => SqliteJournal.Open(_folder.Database);
}
