using System.Diagnostics;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Knowledge;
using LegPain.Server;

namespace LegPain.Benchmarks;

/// <summary>
/// What a report costs as a patient's history grows, and what an activation costs at its end: a report must cost the
/// same at the 10th and at the 10 000th observation.
/// </summary>
internal static class HistoryCost
{
    private const int Observations = 10_000;
    private const int Window = 200;

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("legpain-bench-").FullName;
        var settings = new ServerSettings { Data = data, Listen = new("http://127.0.0.1:0"), ConsoleLog = false };
        await using (var app = await ServerHost.BuildAsync(settings))
        {
            await app.StartAsync();
            var patient = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IPatientGrain>("bench");
            await WarmAsync(app.Services.GetRequiredService<IGrainFactory>());
            var (first, firstBytes) = await MedianAsync(patient, from: 10, Window);
            await MedianAsync(patient, from: 10 + Window, Observations - 10 - (2 * Window));
            var (last, lastBytes) = await MedianAsync(patient, from: Observations - Window, Window);
            Console.WriteLine($"report at the first {Window}: {first.TotalMicroseconds:F0} us, "
                + $"{firstBytes:N0} bytes allocated in the process");
            Console.WriteLine($"report at the last {Window} of {Observations:N0}: {last.TotalMicroseconds:F0} us, "
                + $"{lastBytes:N0} bytes");
            Console.WriteLine($"last : first = {last / first:F2}");
            await app.StopAsync();
        }

        await using (var app = await ServerHost.BuildAsync(settings))
        {
            await app.StartAsync();
            var grains = app.Services.GetRequiredService<IGrainFactory>();
            await grains.GetGrain<IPatientGrain>("nobody").ReadAsync(null, null, CancellationToken.None);
            var started = Stopwatch.GetTimestamp();
            var reply = await grains.GetGrain<IPatientGrain>("bench").ReadAsync(null, null, CancellationToken.None);
            Console.WriteLine(
                $"activation at revision {reply.Reading!.Revision:N0} with snapshots, first read included: "
                + $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1} ms (target: under 50)");
            await app.StopAsync();
        }

        Directory.Delete(data, recursive: true);
    }

    private static Task WarmAsync(IGrainFactory grains) =>
        MedianAsync(grains.GetGrain<IPatientGrain>("warm"), 0, 2000);

    private static async Task<(TimeSpan Median, long Bytes)> MedianAsync(IPatientGrain patient, int from, int count)
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        var times = new List<TimeSpan>();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = from; i < from + count; i++)
        {
            var observation = SampleCases.Observe(knowledge.Findings[i % 40], i, DateTimeOffset.MaxValue);
            var command = new ReportObservations("default", $"r{i}", [1], null, [new(observation, null, 0, 0)]);
            var started = Stopwatch.GetTimestamp();
            await patient.SubmitAsync(command, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        return (times.Order().ElementAt(count / 2), (GC.GetTotalAllocatedBytes(precise: true) - before) / count);
    }
}
