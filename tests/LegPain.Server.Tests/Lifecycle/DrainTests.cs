using System.Collections.Concurrent;
using LegPain.Server.Lifecycle;
using LegPain.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LegPain.Server.Tests.Lifecycle;

public sealed class DrainTests : IDisposable
{
    private readonly OpenClock _clock = new();
    private readonly Drain _drain;

    public DrainTests() => _drain = new(
        new() { Data = "unused" }, _clock, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));

    public void Dispose() => _drain.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void WithoutStreams_ANodeClosesAtOnce()
    {
        Assert.True(_drain.StoppingAsync(Token).IsCompletedSuccessfully);
        Assert.True(_drain.Closing.IsCancellationRequested);
    }

    /// <summary>A stream that ends while it is being canceled has last words too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LastWords_OfAStream_HaveHalfASecond(bool endsWhenCanceled)
    {
        var end = new TaskCompletionSource();
        var stream = _drain.RunStreamAsync(new DefaultHttpContext(), _ => end.Task);
        if (endsWhenCanceled)
        {
            _drain.Closing.Register(end.SetResult);
        }
        else
        {
            end.SetResult();
            await stream;
        }

        var stopping = _drain.StoppingAsync(Token);
        await stream;

        await AssertEndsAfterAsync(stopping, TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task StreamThatDoesNotEnd_HoldsTheNodeForFourSeconds()
    {
        var stream = new TaskCompletionSource();
        _ = _drain.RunStreamAsync(new DefaultHttpContext(), _ => stream.Task);

        await AssertEndsAfterAsync(_drain.StoppingAsync(Token), TimeSpan.FromSeconds(4));

        stream.SetResult();
    }

    /// <summary>Lets the time pass that is waited for, once it is.</summary>
    private async Task AssertEndsAfterAsync(Task stopping, TimeSpan time)
    {
        await Patience.UntilAsync(() => stopping.IsCompleted || _clock.Waits.Contains(time));
        Assert.False(stopping.IsCompleted);
        _clock.Advance(time - TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await stopping.InTime();
    }

    /// <summary>A clock that tells what is waited for.</summary>
    private sealed class OpenClock : FakeTimeProvider
    {
        public ConcurrentBag<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Waits.Add(dueTime);
            return timer;
        }
    }
}
