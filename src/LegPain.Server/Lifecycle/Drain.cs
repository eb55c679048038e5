namespace LegPain.Server.Lifecycle;

/// <summary>
/// The order in which a node stops: it says so, goes on answering for a while, ends its streams, and only then closes.
/// </summary>
/// <remarks>
/// Nothing does this by itself: a stream's own token is not canceled when the server stops, so an open watch would hold
/// the process until it is cut off, and a listener that closes may drop the last words of streams just ended.
/// </remarks>
internal sealed class Drain : IHostedLifecycleService, IDisposable
{
    /// <summary>Streams that have not ended by then are cut off.</summary>
    private static readonly TimeSpan StreamsMax = TimeSpan.FromSeconds(4);

    /// <summary>
    /// A response that is complete may still be on its way through the connection, and Kestrel does not wait for that.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _delay;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _streams;
    private volatile bool _hasServedStreams;

    public Drain(ServerSettings settings, TimeProvider clock, IHostApplicationLifetime lifetime)
    {
        _delay = Delay(settings);
        _clock = clock;
        lifetime.ApplicationStopping.Register(() => IsDraining = true);
    }

    /// <summary>Gets whether the node is about to stop: load balancers should turn away.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Gets what is canceled when streams must end.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Returns how long a node goes on answering after it has said that it stops.</summary>
    public static TimeSpan Delay(ServerSettings settings) =>
        settings.DrainDelay ?? (settings.Postgres is null ? TimeSpan.Zero : TimeSpan.FromSeconds(2));

    /// <summary>Runs a stream to its last byte, so that the node does not close before.</summary>
    public async Task RunStreamAsync(HttpContext context, RequestDelegate next)
    {
        _hasServedStreams = true;
        Interlocked.Increment(ref _streams);
        try
        {
            await next(context);
            await context.Response.CompleteAsync();
        }
        finally
        {
            if (Interlocked.Decrement(ref _streams) == 0 && _closing.IsCancellationRequested)
            {
                _ended.TrySetResult();
            }
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsDraining = true;
        await Task.Delay(_delay, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _closing.CancelAsync();
        if (!_hasServedStreams)
        {
            return;
        }

        if (Volatile.Read(ref _streams) == 0)
        {
            _ended.TrySetResult();
        }

        try
        {
            // Also when none is left: the last may have ended a moment ago, or while it was being canceled.
            await _ended.Task.WaitAsync(StreamsMax, _clock, cancellationToken);
            await Task.Delay(LastWords, _clock, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // A reader that takes nothing in holds up its own stream, not the node.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _closing.Dispose();
}
