using System.Diagnostics;
using System.Globalization;
using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Journal.Sqlite;
using LegPain.Tests;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace LegPain.Benchmarks;

/// <summary>
/// Appends and head reads of the two journals against what their databases do without one, in turns on one machine: raw
/// commits of single rows over one connection, and raw reads of single heads over as many connections as the journal's.
/// </summary>
internal static class JournalRates
{
    private const int Rounds = 3;
    private const int Readers = 64;
    private const int RawConnections = 16;
    private const int PayloadBytes = 200;

    private static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static int _runs;

    public static async Task RunAsync(int secondsPerRound)
    {
        var window = TimeSpan.FromSeconds(secondsPerRound);
        await SqliteAsync(window);
        await PostgresAsync(window);
    }

    private static async Task SqliteAsync(TimeSpan window)
    {
        var folder = Directory.CreateTempSubdirectory("legpain-bench-").FullName;
        await using (var journal = SqliteJournal.Open(Path.Combine(folder, "journal.db")))
        await using (var raw = new SqliteConnection($"Data Source={Path.Combine(folder, "raw.db")};Pooling=False"))
        {
            await raw.OpenAsync();
            await using var insert = raw.CreateCommand();
            insert.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                + "CREATE TABLE raw (id INTEGER PRIMARY KEY, payload BLOB)";
            await insert.ExecuteNonQueryAsync();
            insert.CommandText = "INSERT INTO raw (payload) VALUES ($payload)";
            insert.Parameters.AddWithValue("$payload", new byte[PayloadBytes]);
            await insert.PrepareAsync();
            await AppendsAsync("SQLite", journal, (_, _) => insert.ExecuteNonQueryAsync(), window);
            await PrepareHeadsAsync(journal);
            Console.WriteLine($"SQLite, {Readers} readers: {await HeadsAsync(journal, window):N0} heads/s");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task PostgresAsync(TimeSpan window)
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var journal = await PostgresJournal.OpenAsync(database, CancellationToken.None);
        await PostgresServer.ExecuteAsync(
            database, "CREATE TABLE raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea)");
        await using var source = NpgsqlDataSource.Create(FormattableString.Invariant(
            $"{database};Maximum Pool Size={RawConnections};Max Auto Prepare=8;Auto Prepare Min Usages=2"));
        await AppendsAsync("PostgreSQL", journal, async (_, _) =>
        {
            await using var insert = source.CreateCommand("INSERT INTO raw (payload) VALUES ($1)");
            insert.Parameters.Add(new() { Value = new byte[PayloadBytes] });
            await insert.ExecuteNonQueryAsync();
        }, window);
        await PrepareHeadsAsync(journal);
        await CompareAsync(
            $"PostgreSQL, {Readers} readers", "heads", () => HeadsAsync(journal, window),
            $"raw reads over {RawConnections} connections", () => RateAsync(Readers, async (reader, _) =>
            {
                await using var read = source.CreateCommand("SELECT * FROM legpain.head WHERE stream = $1");
                read.Parameters.Add(new() { Value = HeadStream(reader) });
                await using var rows = await read.ExecuteReaderAsync();
                await rows.ReadAsync();
            }, window));
    }

    private static async Task AppendsAsync(string name, IJournal journal, Func<int, int, Task> raw, TimeSpan window)
    {
        foreach (var producers in new[] { 64, 256 })
        {
            await AppendAsync(journal, producers, TimeSpan.FromSeconds(1));
            await CompareAsync(
                $"{name}, {producers} producers", "appends", () => AppendAsync(journal, producers, window),
                "raw commits over one connection", () => RateAsync(1, raw, window));
        }
    }

    private static async Task CompareAsync(
        string who, string what, Func<Task<double>> measure, string ceiling, Func<Task<double>> measureCeiling)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add((await measure(), await measureCeiling()));
        }

        var (rate, most) = rounds.OrderBy(round => round.Rate / round.Ceiling).ElementAt(Rounds / 2);
        Console.WriteLine(
            $"{who}: {rate:N0} {what}/s; {ceiling}: {most:N0}/s; ratio {rate / most:F2} (median of {Rounds})");
    }

    /// <summary>Appends by producers that each have a stream of their own and wait for the acknowledgement.</summary>
    private static Task<double> AppendAsync(IJournal journal, int producers, TimeSpan window)
    {
        var run = ++_runs;
        return RateAsync(producers, (producer, number) => AppendAsync(
            journal, FormattableString.Invariant($"{run}-{producer}"), number), window);
    }

    private static async Task PrepareHeadsAsync(IJournal journal)
    {
        for (var reader = 0; reader < Readers; reader++)
        {
            await AppendAsync(journal, HeadStream(reader), sequence: 1);
        }
    }

    private static Task<double> HeadsAsync(IJournal journal, TimeSpan window) => RateAsync(
        Readers, (reader, _) => journal.ReadHeadAsync(HeadStream(reader), CancellationToken.None).AsTask(), window);

    private static string HeadStream(int reader) => FormattableString.Invariant($"head-{reader}");

    private static async Task AppendAsync(IJournal journal, string stream, int sequence)
    {
        var result = await journal.AppendAsync(
            new(stream,
                new(sequence, At, sequence.ToString(CultureInfo.InvariantCulture), new byte[32],
                    new byte[PayloadBytes]),
                new("tenant", sequence, 1, null, At, new byte[16])),
            CancellationToken.None);
        if (result.Outcome != AppendOutcome.Appended)
        {
            throw new InvalidOperationException($"An append was answered with {result.Outcome}.");
        }
    }

    /// <summary>Returns calls a second of workers that each make one after another, numbered from 1.</summary>
    private static async Task<double> RateAsync(int workers, Func<int, int, Task> call, TimeSpan window)
    {
        var started = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var number = 0;
            while (Stopwatch.GetElapsedTime(started) < window)
            {
                await call(worker, ++number);
            }

            return number;
        })));
        return done.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
