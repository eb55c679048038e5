using System.Text.Json;
using Grpc.Core;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Telemetry;

/// <summary>The log lines of a real server, as a collector reads them from its console.</summary>
public sealed class LogTests
{
    private const string Canary = "canary-5c40";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData("Json", "01")]
    [InlineData("Json", "00")]
    [InlineData("Text", "01")]
    public async Task LineOfACall_HasItsTraceId_AndNothingPersonal(string format, string traceFlags)
    {
        var data = Directory.CreateTempSubdirectory("legpain-log-").FullName;
        await using (var before = await TestServer.StartAsync(data: data))
        {
            await before.Triage.ReportObservationsAsync(
                Report(Canary, "r1", Present("urinary-retention"), Number("pain-intensity", 7.31)), Soon);
        }

        await using (var journal = new SqliteConnection($"Data Source={data}/journal.db;Pooling=False"))
        {
            await journal.OpenAsync(TestContext.Current.CancellationToken);
            await using var rot = journal.CreateCommand();
            rot.CommandText = "UPDATE record SET payload = CAST(payload || x'00' AS BLOB)";
            await rot.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        string[] lines;
        await using (var server = await ServerProcess.StartAsync(data, "--logFormat", format))
        {
            var parent = new Metadata { { "traceparent", $"00-{Trace}-00f067aa0ba902b7-{traceFlags}" } };
            await RefusalOf(server.Triage.ReportObservationsAsync(
                Report(Canary, "r2", Present(Canary)), Soon.WithHeaders(parent)));
            var refusal = await RefusalOf(server.Triage.GetAssessmentAsync(
                new() { Patient = Canary }, Soon.WithHeaders(parent)));
            Assert.Equal("RECORD_CORRUPT", refusal.Reason);
            lines = (await server.StopAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        Directory.Delete(data, recursive: true);
        string[] secrets = [Canary, "7.31", "urinary-retention", "legpain.patient/"];
        Assert.All(lines, line => Assert.DoesNotContain(
            secrets, secret => line.Contains(secret, StringComparison.Ordinal)));

        // Both calls activate the patient, and both activations are given up.
        var unreadable = lines.Where(line => line.Contains("of a patient is corrupt", StringComparison.Ordinal));
        Assert.Equal(2, unreadable.Count());
        if (format == "Text")
        {
            Assert.All(unreadable, line => Assert.Contains($"TraceId:{Trace}", line, StringComparison.Ordinal));
            return;
        }

        Assert.All(lines, line => Assert.True(JsonDocument.Parse(line).RootElement.TryGetProperty("Timestamp", out _)));
        Assert.All(unreadable, line => Assert.Contains(
            JsonDocument.Parse(line).RootElement.GetProperty("Scopes").EnumerateArray(),
            scope => scope.TryGetProperty("TraceId", out var id) && id.GetString() == Trace));
    }
}
