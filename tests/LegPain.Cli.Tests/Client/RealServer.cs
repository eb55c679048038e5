using LegPain.Server;
using Microsoft.AspNetCore.Builder;

namespace LegPain.Cli.Tests.Client;

/// <summary>The server itself, in a folder and at a port that a test can give to the next one.</summary>
internal static class RealServer
{
    public static async Task<WebApplication> StartAsync(string folder, int port)
    {
        var app = await ServerHost.BuildAsync(
            new() { Listen = new($"http://127.0.0.1:{port}"), Data = folder, ConsoleLog = false },
            cancellationToken: TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
