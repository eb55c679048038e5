using LegPain.Server.Errors;
using LegPain.Server.Telemetry;

namespace LegPain.Server.Watch;

/// <summary>Bounds the calls of this process that stay open: watches and interviews together.</summary>
internal sealed class OpenStreams : IDisposable
{
    private readonly int _max;
    private int _open;

    public OpenStreams(ServerSettings settings)
    {
        _max = settings.WatchesMax;
        ServerMetrics.AddStreamsLimit(_max);
    }

    /// <summary>Takes a place; dispose it to give it back.</summary>
    /// <exception cref="Grpc.Core.RpcException">There are all the streams there may be.</exception>
    public IDisposable Enter(StreamKind kind)
    {
        if (Interlocked.Increment(ref _open) > _max)
        {
            Interlocked.Decrement(ref _open);
            throw Refuse.TooManyWatches();
        }

        ServerMetrics.CountStream(kind, 1);
        return new Place(this, kind);
    }

    public void Dispose() => ServerMetrics.AddStreamsLimit(-_max);

    private sealed class Place(OpenStreams owner, StreamKind kind) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                Interlocked.Decrement(ref owner._open);
                ServerMetrics.CountStream(kind, -1);
            }
        }
    }
}
