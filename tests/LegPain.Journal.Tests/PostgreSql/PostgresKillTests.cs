using LegPain.Journal.PostgreSql;
using Xunit;

namespace LegPain.Journal.Tests.PostgreSql;

public sealed class PostgresKillTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(400)]
    public async Task Append_AcknowledgedBeforeTheProcessIsKilled_IsThere(int acknowledgements) =>
        await JournalKill.CheckAsync(
            typeof(PostgresKillTests), await postgres.CreateDatabaseAsync(), acknowledgements, OpenAsync);

    /// <summary>The process that is killed. Not a test: it runs only where the test above asks for it.</summary>
    [Fact(Explicit = true)]
    public Task Writer_AskedByAnotherProcess_AppendsUntilItIsKilled() => WriterProcess.RunAsync(OpenAsync);

    private static async Task<IJournal> OpenAsync(string database) =>
        await PostgresJournal.OpenAsync(database, TestContext.Current.CancellationToken);
}
