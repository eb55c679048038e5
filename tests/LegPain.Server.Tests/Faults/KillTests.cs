using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Faults;

/// <summary>kill -9 of a real server under load: nothing acknowledged is lost, nothing is stored twice, no revision is missing.</summary>
/// <remarks>LEGPAIN_KILLS sets how many kills; the short form is 3. The page cache survives a kill: a power cut is another test.</remarks>
public sealed class KillTests
{
    private const int Patients = 40;
    private const int InFlight = 64;

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("LEGPAIN_KILLS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_UnderLoad_LosesNothingAcknowledgedAndStoresNothingTwice()
    {
        var data = Directory.CreateTempSubdirectory("legpain-kill-").FullName;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var acknowledged = new ConcurrentDictionary<(string Patient, string RequestId), long>();
        var unknown = new ConcurrentBag<(string Patient, string RequestId)>();
        var next = 0;

        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(data);
            await RetryAsync(server, unknown, acknowledged);
            using var stop = new CancellationTokenSource();
            var load = Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => LoadAsync(server, stop.Token)));
            var before = acknowledged.Count;
            var killAt = before + random.Next(200, 1500);
            await WaitUntilAsync(() => acknowledged.Count >= killAt);

            await server.KillAsync();
            await stop.CancelAsync();
            await load.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        await using (var server = await ServerProcess.StartAsync(data))
        {
            await RetryAsync(server, unknown, acknowledged);
            await CheckAsync(server, acknowledged);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {acknowledged.Count} acknowledged reports checked");
        Directory.Delete(data, recursive: true);

        async Task LoadAsync(ServerProcess server, CancellationToken stopped)
        {
            while (!stopped.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                var key = ($"patient-{number % Patients}", $"r{number}");
                if (await TryAsync(server, key, acknowledged) is null)
                {
                    unknown.Add(key);
                    return;
                }
            }
        }
    }

    /// <summary>What was not answered may or may not be there: repeated with its own id it is stored once.</summary>
    private static async Task RetryAsync(
        ServerProcess server, ConcurrentBag<(string, string)> unknown, ConcurrentDictionary<(string, string), long> acknowledged)
    {
        while (unknown.TryTake(out var key))
        {
            Assert.NotNull(await TryAsync(server, key, acknowledged));
        }
    }

    private static async Task<long?> TryAsync(
        ServerProcess server, (string Patient, string RequestId) key, ConcurrentDictionary<(string, string), long> acknowledged)
    {
        try
        {
            var report = Report(key.Patient, key.RequestId, Number("pain-intensity", key.RequestId.Length));
            var revision = (await server.Triage.ReportObservationsAsync(report, Soon)).Assessment.Revision;
            Assert.True(acknowledged.TryAdd(key, revision));
            return revision;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
        {
            return null;
        }
    }

    /// <summary>Reads every journal through the API and compares it with what was acknowledged.</summary>
    private static async Task CheckAsync(ServerProcess server, ConcurrentDictionary<(string Patient, string RequestId), long> acknowledged)
    {
        foreach (var patient in acknowledged.Keys.Select(key => key.Patient).Distinct())
        {
            var stored = new List<(long Revision, string RequestId)>();
            while (true)
            {
                var page = await server.Triage.ListEventsAsync(
                    new() { Patient = patient, AfterRevision = stored.Count, PageSize = 1000 }, Soon);
                stored.AddRange(page.Events.Select(e => (e.Revision, e.RequestId)));
                if (!page.More)
                {
                    break;
                }
            }

            Assert.Equal(Enumerable.Range(1, stored.Count).Select(i => (long)i), stored.Select(e => e.Revision));
            Assert.Equal(stored.Count, stored.Select(e => e.RequestId).Distinct().Count());
            var mine = acknowledged.Where(pair => pair.Key.Patient == patient)
                .Select(pair => (pair.Value, pair.Key.RequestId)).Order().ToList();
            Assert.Equal(mine, stored);
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
