using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Security;
using LegPain.Tests;

namespace LegPain.Benchmarks;

/// <summary>
/// What stored and active patients cost. Everything shares one machine, so what counts is bytes, and latency against
/// latency in the same minute.
/// </summary>
internal static class ScaleLoad
{
    private const string Read = "/legpain.triage.v1.TriageService/GetAssessment";
    private const int InFlight = 64;
    private const int Connections = 4;
    private const int Patients = 2000;
    private const int Samples = 4000;
    private const int Rounds = 3;

    private static int _requests;

    public static async Task RunAsync(int stored)
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllBytesAsync(secret, RandomNumberGenerator.GetBytes(32));
        await using var postgres = await PostgresServer.StartAsync("max_connections=200");
        await StoredAsync(postgres, secret, stored);
        File.Delete(secret);
    }

    /// <summary>A store with many patients against an empty one, and a tenth of them active.</summary>
    private static async Task StoredAsync(PostgresServer postgres, string secret, int stored)
    {
        var empty = await postgres.CreateDatabaseAsync();
        var full = await postgres.CreateDatabaseAsync();
        var sample = await SampleAsync(empty, secret);
        await FillAsync(full, PatientKeys.FromFile(secret), sample, stored);
        Console.WriteLine($"{stored:N0} stored patients of one report take {await SizeAsync(full) / 1e9:F2} GB");

        await using var emptyNode = await NodeAsync(empty, secret);
        await using var fullNode = await NodeAsync(full, secret);
        Console.WriteLine(
            $"start until serving: {emptyNode.StartedIn.TotalSeconds:F1} s empty, "
            + $"{fullNode.StartedIn.TotalSeconds:F1} s full; memory then: {Megabytes(emptyNode.Resident)} and "
            + $"{Megabytes(fullNode.Resident)}");
        for (var round = 0; round < Rounds; round++)
        {
            Console.WriteLine(
                $"report of a patient not in memory, p50 / p99 ms: empty {await ReportsAsync(emptyNode, stored)}, "
                + $"full {await ReportsAsync(fullNode, stored)}");
        }

        var before = fullNode.Resident;
        var active = stored / 10;
        var started = Stopwatch.GetTimestamp();
        await TimesAsync(fullNode, Read, active, number => new GetAssessmentRequest { Patient = $"patient-{number}" });
        var took = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(
            $"{active:N0} patients activated in {took.TotalSeconds:F0} s; memory {Megabytes(before)} -> "
            + $"{Megabytes(fullNode.Resident)}, {(fullNode.Resident - before) / active:N0} bytes a patient");
        for (var round = 0; round < Rounds; round++)
        {
            var few = await ReportsAsync(emptyNode, Patients);
            Console.WriteLine(
                $"report, p50 / p99 ms: few active {few}, {active:N0} active {await ReportsAsync(fullNode, active)}");
        }
    }

    /// <summary>Stores one report and returns its record as it is in the journal.</summary>
    private static async Task<JournalRecord> SampleAsync(string database, string secret)
    {
        await using (var node = await NodeAsync(database, secret))
        {
            using var client = RawGrpc.Client(node.Address);
            await RawGrpc.CallAsync(client, ReportLoad.Report, RawGrpc.Content(ReportLoad.Encode(0, 0)));
        }

        await using var journal = await PostgresJournal.OpenAsync(database, CancellationToken.None);
        var stream = PatientKeys.FromFile(secret).Of(PatientKeys.DefaultTenant, "patient-0");
        return (await journal.ReadAsync(stream, 0, 1, CancellationToken.None)).Single();
    }

    private static async Task FillAsync(string database, PatientKeys keys, JournalRecord sample, int stored)
    {
        await using var journal = await PostgresJournal.OpenAsync(database, CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        foreach (var chunk in Enumerable.Range(0, stored).Chunk(JournalLimits.QueueMax / 2))
        {
            await Task.WhenAll(chunk.Select(number => journal.AppendAsync(
                new(
                    keys.Of(PatientKeys.DefaultTenant, $"patient-{number}"), sample,
                    new(PatientKeys.DefaultTenant, 1, 1, null, sample.RecordedAt, default)),
                CancellationToken.None).AsTask()));
        }

        await PostgresServer.ExecuteAsync(database, "VACUUM ANALYZE");
        Console.WriteLine(
            $"filled by the journal at {stored / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} appends/s");
    }

    /// <summary>Reports once for patients spread over a range; returns the median and the 99th percentile.</summary>
    private static async Task<string> ReportsAsync(ServerProcess node, int among)
    {
        var first = Interlocked.Add(ref _requests, Samples);
        var times = await TimesAsync(node, ReportLoad.Report, Samples, number =>
            ReportLoad.Encode(first + number, (int)((long)(first + number) * 7919 % among)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{times[times.Length / 2].TotalMilliseconds:F1} / {times[times.Length * 99 / 100].TotalMilliseconds:F1}");
    }

    private static Task<TimeSpan[]> TimesAsync(ServerProcess node, string path, int calls, Func<int, IMessage> next) =>
        TimesAsync(node, path, calls, number => next(number).ToByteArray());

    private static async Task<TimeSpan[]> TimesAsync(
        ServerProcess node, string path, int calls, Func<int, byte[]> next)
    {
        var clients = Enumerable.Range(0, Connections).Select(_ => RawGrpc.Client(node.Address)).ToArray();
        var times = new TimeSpan[calls];
        var taken = -1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async worker =>
        {
            for (var number = Interlocked.Increment(ref taken); number < calls;
                number = Interlocked.Increment(ref taken))
            {
                var content = RawGrpc.Content(next(number));
                var started = Stopwatch.GetTimestamp();
                var status = await RawGrpc.CallAsync(clients[worker % Connections], path, content);
                times[number] = Stopwatch.GetElapsedTime(started);
                if (status != RawGrpc.Ok)
                {
                    throw new InvalidOperationException($"A call was answered with status {status}.");
                }
            }
        }));
        Array.ForEach(clients, client => client.Dispose());
        Array.Sort(times);
        return times;
    }

    private static Task<ServerProcess> NodeAsync(string database, string secret) => ServerProcess.StartAsync(
        "--postgres", database, "--patientKeyFile", secret, "--siloPort",
        Ports.Free().ToString(CultureInfo.InvariantCulture));

    private static async Task<double> SizeAsync(string database)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var size = source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await size.ExecuteScalarAsync())!;
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:N0} MB";
}
