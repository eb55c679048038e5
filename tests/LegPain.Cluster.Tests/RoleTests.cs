using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Cluster.Tests.Infrastructure;
using LegPain.Tests;
using Xunit;
using static LegPain.Cluster.Tests.Infrastructure.Requests;

namespace LegPain.Cluster.Tests;

/// <summary>Nodes that only answer clients, and nodes that only hold patients.</summary>
public sealed class RoleTests
{
    private const int Revisions = 6;

    [Fact]
    public async Task Gateway_CallsSilos_AndGoesOnWhenOneIsKilled()
    {
        await using var cluster = await TestCluster.StartAsync("roles");
        var silos = new[] { Silo(cluster), Silo(cluster) };
        var gateway = cluster.Add("--role", "Gateway");
        foreach (var silo in silos)
        {
            silo.Node.Launch();
        }

        await UntilHealthyAsync(silos[0]);
        await UntilHealthyAsync(silos[1]);
        await gateway.Node.StartAsync();

        // Of ten patients some live on the silo that is killed.
        var patients = Enumerable.Range(0, 10).Select(number => $"p{number}").ToList();
        var watches = patients.Select(patient => SeenAsync(gateway, patient)).ToList();
        for (var revision = 1; revision <= Revisions; revision++)
        {
            await Task.WhenAll(patients.Select(patient => ReportUntilStoredAsync(
                () => gateway.Triage, Report(patient, $"r{revision}", "fever"))));
            if (revision == Revisions / 2)
            {
                await silos[0].Node.KillAsync();
            }
        }

        Assert.All(await Task.WhenAll(watches), seen => Assert.Equal([1, 2, 3, 4, 5, 6], seen));
        var none = await Assert.ThrowsAsync<RpcException>(async () =>
            await silos[1].Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon));
        Assert.Equal(StatusCode.Unimplemented, none.StatusCode);
    }

    /// <summary>Watches through the gateway until all revisions were seen.</summary>
    private static async Task<IReadOnlyList<long>> SeenAsync(Member gateway, string patient)
    {
        var seen = new List<long>();
        using var watch = gateway.Triage.WatchAssessment(new() { Patient = patient }, Soon);
        while (seen.Count < Revisions && await watch.ResponseStream.MoveNext(Soon.CancellationToken))
        {
            if (watch.ResponseStream.Current.Assessment is { } assessment)
            {
                seen.Add(assessment.Revision);
            }
        }

        return seen;
    }

    private static Member Silo(TestCluster cluster) => cluster.Add(
        "--role", "Silo", "--gatewayPort",
        Ports.Free().ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Task UntilHealthyAsync(Member silo) => LegPain.Tests.Patience.UntilAsync(async () =>
    {
        try
        {
            var health = new Health.HealthClient(silo.Channel);
            return (await health.CheckAsync(new(), Soon)).Status == HealthCheckResponse.Types.ServingStatus.Serving;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    });
}
