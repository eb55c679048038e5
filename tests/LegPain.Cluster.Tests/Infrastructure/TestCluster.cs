using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Grpc.Net.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Robustness.Harness;
using LegPain.Tests;

namespace LegPain.Cluster.Tests.Infrastructure;

/// <summary>PostgreSQL and real server processes on it, each with the settings that a test wants.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly RunFolder _folder;
    private readonly PostgresNode _postgres;
    private readonly List<Member> _members = [];

    private TestCluster(RunFolder folder, PostgresNode postgres) => (_folder, _postgres) = (folder, postgres);

    /// <summary>Starts the database.</summary>
    public static async Task<TestCluster> StartAsync(string name)
    {
        var folder = new RunFolder(name);
        await File.WriteAllBytesAsync(folder.Of("patient-key.secret"), RandomNumberGenerator.GetBytes(32));
        return new(folder, await PostgresNode.CreateAsync(
            folder, folder.Of("postgres"), IPAddress.Loopback, Ports.Free(), []));
    }

    /// <summary>Makes a node without starting it.</summary>
    /// <param name="settings">Settings beside those that every node of the cluster has.</param>
    public Member Add(params string[] settings)
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var node = new ServerNode(
            _members.Count + 1, _folder, address, [],
            [
                "--postgres", _postgres.ConnectionString, "--patientKeyFile", _folder.Of("patient-key.secret"),
                "--siloPort", port, .. settings,
            ],
            new Dictionary<string, string>());
        var member = new Member(node);
        _members.Add(member);
        return member;
    }

    /// <summary>Makes and starts nodes that are all alike.</summary>
    public async Task<IReadOnlyList<Member>> AddAndStartAsync(int count, params string[] settings)
    {
        var members = Enumerable.Range(0, count).Select(_ => Add(settings)).ToList();
        await Task.WhenAll(members.Select(member => member.Node.StartAsync()));
        return members;
    }

    /// <summary>Writes a file that only this cluster uses, and returns its path.</summary>
    public string PathOf(string name) => _folder.Of(name);

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            member.Dispose();
            await member.Node.KillAsync();
        }

        await _postgres.KillAsync();
        _folder.Delete();
    }
}

/// <summary>A node and how to call it.</summary>
internal sealed class Member : IDisposable
{
    public Member(ServerNode node)
    {
        Node = node;
        Channel = GrpcChannel.ForAddress(node.Address, new()
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false },
            DisposeHttpClient = true,
        });
        Triage = new(Channel);
    }

    public ServerNode Node { get; }

    public GrpcChannel Channel { get; }

    public TriageService.TriageServiceClient Triage { get; }

    public void Dispose() => Channel.Dispose();
}
