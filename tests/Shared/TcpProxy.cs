using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LegPain.Tests;

/// <summary>Which way bytes go through a <see cref="TcpProxy"/>.</summary>
[Flags]
internal enum Ways
{
    ToServer = 1,
    ToClient = 2,
    Both = ToServer | ToClient,
}

/// <summary>
/// A port of 127.0.0.1 in front of a server: to its clients a node that can be killed, stopped, half cut off and cut.
/// </summary>
/// <remarks>Several in front of one server are several nodes that share all patients.</remarks>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Link, byte> _links = [];
    private readonly Gate _toServer = new();
    private readonly Gate _toClient = new();
    private readonly Lock _lock = new();
    private Socket _listener;
    private bool _isListening;
    private int _responsesToCut;
    private int _responsesCut;
    private int _accepted;

    private TcpProxy(IPEndPoint target)
    {
        _target = target;
        _listener = Bind(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Listen();
    }

    /// <summary>Gets the port that clients connect to. It stays the same.</summary>
    public int Port { get; }

    /// <summary>Gets the address that clients connect to.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Gets how many connections were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Gets how many connections are open.</summary>
    public int Open => _links.Count;

    /// <summary>Gets how many responses were cut off.</summary>
    public int ResponsesCut => Volatile.Read(ref _responsesCut);

    /// <summary>
    /// Gets or sets what gives each new connection the number of bytes to the client after which it is reset; null for
    /// no limit.
    /// </summary>
    public Func<long>? CutAfterBytes { get; set; }

    /// <summary>Opens a port in front of a server on 127.0.0.1.</summary>
    public static TcpProxy To(int port) => new(new(IPAddress.Loopback, port));

    /// <summary>A killed node: connections are reset, and new ones refused.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _listener.Dispose();

            // Bound and not listening: nobody else gets the port, and who connects to it is refused.
            _listener = Bind(Port);
            _isListening = false;
        }

        Cut();
    }

    /// <summary>
    /// A stopped node, or with one way only a one-way partition: connections are accepted, and what is sent is held
    /// back until <see cref="Heal"/>.
    /// </summary>
    public void Hang(Ways ways = Ways.Both)
    {
        if (ways.HasFlag(Ways.ToServer))
        {
            _toServer.Close();
        }

        if (ways.HasFlag(Ways.ToClient))
        {
            _toClient.Close();
        }
    }

    /// <summary>A node that is back after any of the faults.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            if (!_isListening)
            {
                Listen();
            }
        }

        _toServer.Open();
        _toClient.Open();
    }

    /// <summary>Resets every open connection.</summary>
    public void Cut()
    {
        foreach (var link in _links.Keys)
        {
            link.Dispose();
        }
    }

    /// <summary>
    /// Lets the server answer the next HTTP/2 request and resets the connection instead of passing the answer on.
    /// </summary>
    public void CutNextResponse() => Interlocked.Increment(ref _responsesToCut);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        lock (_lock)
        {
            _listener.Dispose();
        }

        Cut();
        _stop.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void Listen()
    {
        _listener.Listen();
        _isListening = true;
        _ = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                var link = new Link(this, client, CutAfterBytes?.Invoke() ?? long.MaxValue);
                _links.TryAdd(link, 0);
                _ = link.RunAsync(_stop.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // Killed, or the test is over.
        }
    }

    private bool TakesResponseToCut()
    {
        int left;
        do
        {
            left = Volatile.Read(ref _responsesToCut);
            if (left == 0)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _responsesToCut, left - 1, left) != left);

        Interlocked.Increment(ref _responsesCut);
        return true;
    }

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or ObjectDisposedException or OperationCanceledException;

    /// <summary>One connection of a client and the one to the server that belongs to it.</summary>
    private sealed class Link(TcpProxy owner, Socket client, long bytesToClientMax) : IDisposable
    {
        private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                client.NoDelay = _server.NoDelay = true;
                await owner._toServer.PassAsync(cancellationToken);
                await _server.ConnectAsync(owner._target, cancellationToken);
                await Task.WhenAll(
                    PumpAsync(client, _server, owner._toServer, _ => false, long.MaxValue, cancellationToken),
                    PumpAsync(
                        _server, client, owner._toClient, new Http2Frames().BeginAnswer, bytesToClientMax,
                        cancellationToken));
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                // One side is gone: so is the other.
            }
            finally
            {
                Dispose();
                owner._links.TryRemove(this, out _);
            }
        }

        /// <summary>Closes both sides at once, with a reset.</summary>
        public void Dispose()
        {
            foreach (var socket in new[] { client, _server })
            {
                try
                {
                    socket.LingerState = new(enable: true, seconds: 0);
                }
                catch (Exception exception) when (IsEnd(exception))
                {
                    // Closed already.
                }

                socket.Dispose();
            }
        }

        private async Task PumpAsync(
            Socket from, Socket to, Gate gate, Func<ReadOnlyMemory<byte>, bool> beginsAnswer, long bytesMax,
            CancellationToken cancellationToken)
        {
            var buffer = new byte[ChunkBytes];
            var sent = 0L;
            try
            {
                int count;
                while ((count = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
                {
                    await gate.PassAsync(cancellationToken);
                    var mayPass = (int)Math.Min(count, bytesMax - sent);
                    if (beginsAnswer(buffer.AsMemory(0, count)) && owner.TakesResponseToCut())
                    {
                        Dispose();
                        return;
                    }

                    await to.SendAsync(buffer.AsMemory(0, mayPass), cancellationToken);
                    sent += mayPass;
                    if (sent >= bytesMax)
                    {
                        Dispose();
                        return;
                    }
                }

                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                Dispose();
            }
        }
    }

    /// <summary>Lets bytes pass, or holds them.</summary>
    private sealed class Gate
    {
        private volatile TaskCompletionSource? _closed;

        public void Close() => _closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open()
        {
            var closed = _closed;
            _closed = null;
            closed?.TrySetResult();
        }

        public async ValueTask PassAsync(CancellationToken cancellationToken)
        {
            while (_closed is { } closed)
            {
                await closed.Task.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Follows the frames of one HTTP/2 connection, from the server's side.</summary>
    private sealed class Http2Frames
    {
        private const int HeaderBytes = 9;
        private const int TypeAt = 3;
        private const byte HeadersType = 1;

        private readonly byte[] _header = new byte[HeaderBytes];
        private int _have;
        private int _skip;

        /// <summary>Takes the next bytes; returns whether an answer, or the end of one, begins in them.</summary>
        public bool BeginAnswer(ReadOnlyMemory<byte> chunk)
        {
            var begins = false;
            foreach (var next in chunk.Span)
            {
                if (_skip > 0)
                {
                    _skip--;
                    continue;
                }

                _header[_have++] = next;
                if (_have == HeaderBytes)
                {
                    begins |= _header[TypeAt] == HeadersType;
                    _skip = (_header[0] << 16) | (_header[1] << 8) | _header[2];
                    _have = 0;
                }
            }

            return begins;
        }
    }
}
