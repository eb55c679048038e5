using LegPain.Client;
using LegPain.Tests;
using Microsoft.AspNetCore.Builder;

namespace LegPain.Cli.Tests.Client;

/// <summary>
/// Several nodes that share their patients: proxies in front of one real server, each with its own faults.
/// </summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _server;

    private Nodes(string folder, WebApplication server, int count)
    {
        _folder = folder;
        _server = server;
        All = [.. Enumerable.Range(0, count).Select(_ => TcpProxy.To(new Uri(server.Urls.Single()).Port))];
    }

    public IReadOnlyList<TcpProxy> All { get; }

    public static async Task<Nodes> StartAsync(int count)
    {
        var folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;
        return new(folder, await RealServer.StartAsync(folder, port: 0), count);
    }

    /// <summary>Makes a client of all nodes.</summary>
    public LegPainClient Connect(LegPainClientOptions? options = null) =>
        LegPainClient.Connect([.. All.Select(node => node.Address)], options);

    /// <summary>Makes a client of the server itself, which no fault reaches.</summary>
    public LegPainClient ConnectDirectly() => LegPainClient.Connect(
        new Uri(_server.Urls.Single()), new LegPainClientOptions().Unhurried());

    public async ValueTask DisposeAsync()
    {
        foreach (var node in All)
        {
            await node.DisposeAsync();
        }

        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
