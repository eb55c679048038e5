using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Knowledge;
using LegPain.Server;

namespace LegPain.Benchmarks;

/// <summary>What an idle active patient holds: live bytes of the process before and after many have reported.</summary>
internal static class IdleMemory
{
    private const int Patients = 20_000;
    private const int Observations = 20;

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("legpain-bench-").FullName;
        await using var app = await ServerHost.BuildAsync(
            new ServerSettings { Data = data, Listen = new("http://127.0.0.1:0"), ConsoleLog = false });
        await app.StartAsync();
        var grains = app.Services.GetRequiredService<IGrainFactory>();
        await ReportAsync(grains, from: 0, count: 1000);
        var before = Live();
        await ReportAsync(grains, from: 1000, count: Patients);
        var held = (Live() - before) / (double)Patients;
        Console.WriteLine(
            $"an idle active patient with {Observations} observations holds {held:N0} bytes (target: under 6 144), "
            + $"over {Patients:N0} patients");
        await app.StopAsync();
        Directory.Delete(data, recursive: true);
    }

    private static async Task ReportAsync(IGrainFactory grains, int from, int count)
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        foreach (var batch in Enumerable.Range(from, count).Chunk(256))
        {
            await Task.WhenAll(batch.Select(async number =>
            {
                var report = Enumerable.Range(0, Observations)
                    .Select(i => knowledge.Findings[i * knowledge.Findings.Count / Observations])
                    .Select((finding, i) => new ReportedObservation(
                        SampleCases.Observe(finding, i, DateTimeOffset.MaxValue) with
                        {
                            ObservedAt = DateTimeOffset.MaxValue,
                        }, null, 0, 0))
                    .ToList();
                var command = new ReportObservations("default", "r1", [1], null, report);
                var reply = await grains.GetGrain<IPatientGrain>($"bench-{number}")
                    .SubmitAsync(command, CancellationToken.None);
                if (reply.Refusal is { } refusal)
                {
                    throw new InvalidOperationException($"{refusal.Reason}: {refusal.Violations.Count} violation(s)");
                }
            }));
        }
    }

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
