using LegPain.Server.Errors;

namespace LegPain.Server.Watch;

/// <summary>Bounds the calls of this process that stay open: watches and interviews together.</summary>
internal sealed class OpenStreams(ServerSettings settings)
{
    private int _open;

    /// <summary>Takes a place; dispose it to give it back.</summary>
    /// <exception cref="Grpc.Core.RpcException">There are all the streams there may be.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) > settings.WatchesMax)
        {
            Interlocked.Decrement(ref _open);
            throw Refuse.TooManyWatches();
        }

        return new Place(this);
    }

    private sealed class Place(OpenStreams owner) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                Interlocked.Decrement(ref owner._open);
            }
        }
    }
}
