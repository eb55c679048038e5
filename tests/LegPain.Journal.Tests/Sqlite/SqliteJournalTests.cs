using LegPain.Journal.Sqlite;

namespace LegPain.Journal.Tests.Sqlite;

public sealed class SqliteJournalTests : JournalConformance
{
    private readonly TempFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override IJournal Open() => SqliteJournal.Open(_folder.Database);
}
