using LegPain.Journal.PostgreSql;
using Npgsql;
using Xunit;

namespace LegPain.Journal.Tests.PostgreSql;

public sealed class PostgresMigrationsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [Fact]
    public async Task Apply_OfTwoSets_CountsEachByItself()
    {
        await ApplyAsync("first", ("0001-a", "CREATE TABLE a (i int)"), ("0002-b", "CREATE TABLE b (i int)"));
        await ApplyAsync("second", ("0001-c", "CREATE TABLE c (i int); INSERT INTO c VALUES (1)"));
        await ApplyAsync("second", ("0001-c", "not run again"), ("0002-d", "INSERT INTO c VALUES (2)"));

        Assert.Equal("1,2", await ScalarAsync("SELECT string_agg(i::text, ',' ORDER BY i) FROM c"));
        Assert.Equal(
            "first 1, first 2, second 1, second 2",
            await ScalarAsync(
                "SELECT string_agg(set || ' ' || number, ', ' ORDER BY set, number) FROM legpain.migration"));
    }

    [Fact]
    public async Task Apply_AMigrationThatFails_LeavesNothingOfItAndKeepsThoseBefore()
    {
        await Assert.ThrowsAsync<PostgresException>(() => ApplyAsync(
            "set", ("0001-a", "CREATE TABLE a (i int)"), ("0002-b", "CREATE TABLE b (i int); SELECT 1 / 0")));

        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM legpain.migration"));
        Assert.Equal(DBNull.Value, await ScalarAsync("SELECT to_regclass('b')::text"));
    }

    [Fact]
    public async Task Apply_WhereAnAppliedMigrationHasAnotherName_IsRefused()
    {
        await ApplyAsync("set", ("0001-a", "CREATE TABLE a (i int)"));

        await Assert.ThrowsAsync<JournalOpenException>(() => ApplyAsync("set", ("0001-b", "CREATE TABLE b (i int)")));
    }

    [Fact]
    public async Task Apply_SqlWithAFunction_IsTakenAsItIs()
    {
        await ApplyAsync("set", ("0001-f",
            "CREATE FUNCTION f() RETURNS int AS $body$ BEGIN RETURN 7; END $body$ LANGUAGE plpgsql; SELECT f();"));

        Assert.Equal(7, await ScalarAsync("SELECT f()"));
    }

    [Fact]
    public async Task Apply_OverAnySource_HasTheServerEndAProgramThatHasGone()
    {
        await ApplyAsync("set", ("0001-seen",
            "CREATE TABLE seen AS SELECT name, setting FROM pg_settings "
            + "WHERE name IN ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'statement_timeout')"));

        Assert.Equal(
            "idle_in_transaction_session_timeout 30000, statement_timeout 0, tcp_keepalives_idle 5",
            await ScalarAsync("SELECT string_agg(name || ' ' || setting, ', ' ORDER BY name) FROM seen"));
    }

    private Task ApplyAsync(string set, params (string, string)[] migrations) =>
        PostgresMigrations.ApplyAsync(_source, set, migrations, Token).InTime();

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Token);
    }
}
