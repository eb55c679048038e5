using LegPain.Client;
using LegPain.Tests;

namespace LegPain.Cli.Tests.Client;

public sealed class WaitTests
{
    [Fact]
    public async Task Waits_GrowAndStaySpread_AndNeverUndercutTheServer()
    {
        var waits = new List<TimeSpan>();
        await using var server = await ScriptedServer.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            server.Refusals.Enqueue(new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.Unavailable, "bare")));
        }

        server.Refusals.Enqueue(
            ScriptedServer.Refusal(Google.Rpc.Code.Unavailable, "UNAVAILABLE", TimeSpan.FromMilliseconds(50)));
        server.Watches.Enqueue([]);
        using var stop = new CancellationTokenSource(Patience.Max);
        using var client = LegPainClient.Connect(server.Address, new LegPainClientOptions
        {
            BackoffFirst = TimeSpan.FromMilliseconds(8),
            BackoffMax = TimeSpan.FromMilliseconds(32),
            Jitter = () => 0.5,
            WatchInterrupted = (_, wait) =>
            {
                waits.Add(wait);
                if (waits.Count == 5)
                {
                    stop.Cancel();
                }
            },
        }.Unhurried());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.WatchAsync("p", cancellationToken: stop.Token))
            {
            }
        });

        Assert.Equal([6, 12, 24, 24, 54], waits.Select(wait => wait.TotalMilliseconds));
    }
}
