using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace LegPain.Server.Tests.Lifecycle;

public sealed class HealthTests
{
    [Theory]
    [InlineData("", ServingStatus.NotServing)]
    [InlineData("legpain.triage.v1.TriageService", ServingStatus.NotServing)]
    [InlineData("legpain.knowledge.v1.KnowledgeService", ServingStatus.Serving)]
    public async Task Knowledge_IsServedWithoutWhatThePatientsNeed(string service, ServingStatus expected)
    {
        await using var server = await TestServer.StartAsync(configure: builder =>
            builder.Services.AddHealthChecks().AddCheck("away", () => HealthCheckResult.Unhealthy()));
        var health = new Health.HealthClient(server.Channel);

        Assert.Equal(expected, (await health.CheckAsync(new() { Service = service }, Soon)).Status);
    }

    [Fact]
    public async Task ServiceThatIsNotHere_HasNoHealth()
    {
        await using var server = await TestServer.StartAsync();
        var health = new Health.HealthClient(server.Channel);

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await health.CheckAsync(new() { Service = "no.such.Service" }, Soon));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }
}
