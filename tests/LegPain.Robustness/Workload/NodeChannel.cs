using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Grpc.Net.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Robustness.Workload;

/// <summary>
/// One client's connections to one node, which it can cut like a pulled cable. Repeats nothing by itself.
/// </summary>
internal sealed class NodeChannel : IDisposable
{
    private readonly ConcurrentDictionary<Socket, byte> _sockets = [];
    private readonly GrpcChannel _channel;
    private long _cutAt;

    /// <summary>Connects with the first call, not here.</summary>
    public NodeChannel(int node, Uri address)
    {
        Node = node;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(1),
            KeepAlivePingDelay = TimeSpan.FromSeconds(2),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(2),
            UseProxy = false,
        };
        _channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = true });
        Triage = new(_channel);
    }

    /// <summary>Gets the node.</summary>
    public int Node { get; }

    /// <summary>Gets the API.</summary>
    public TriageService.TriageServiceClient Triage { get; }

    /// <summary>Gets how long ago it was cut; the longest time there is when it never was.</summary>
    public TimeSpan SinceCut => Volatile.Read(ref _cutAt) is > 0 and var at
        ? Stopwatch.GetElapsedTime(at)
        : TimeSpan.MaxValue;

    /// <summary>Resets every connection, whatever is under way on it.</summary>
    public void Cut()
    {
        Volatile.Write(ref _cutAt, Stopwatch.GetTimestamp());
        foreach (var socket in _sockets.Keys)
        {
            _sockets.TryRemove(socket, out _);
            socket.Close(0);
        }
    }

    public void Dispose() => _channel.Dispose();

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            foreach (var gone in _sockets.Keys.Where(one => !one.Connected))
            {
                _sockets.TryRemove(gone, out _);
            }

            _sockets.TryAdd(socket, 0);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
