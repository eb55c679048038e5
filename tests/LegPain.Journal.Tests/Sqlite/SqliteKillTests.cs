using LegPain.Journal.Sqlite;
using Xunit;

namespace LegPain.Journal.Tests.Sqlite;

public sealed class SqliteKillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(400)]
    public async Task Append_AcknowledgedBeforeTheProcessIsKilled_IsThere(int acknowledgements)
    {
        using var folder = new TempFolder();
        await JournalKill.CheckAsync(typeof(SqliteKillTests), folder.Database, acknowledgements, OpenAsync);
    }

    /// <summary>The process that is killed. Not a test: it runs only where the test above asks for it.</summary>
    [Fact(Explicit = true)]
    public Task Writer_AskedByAnotherProcess_AppendsUntilItIsKilled() => WriterProcess.RunAsync(OpenAsync);

    private static Task<IJournal> OpenAsync(string path) => Task.FromResult<IJournal>(SqliteJournal.Open(path));
}
