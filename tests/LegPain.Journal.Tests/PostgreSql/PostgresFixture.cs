namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>One server for all tests that leave it running, each with a database of its own.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    public async Task<string> CreateDatabaseAsync(string options = "") =>
        await (await _server.Value.InTime()).CreateDatabaseAsync(options);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
