using LegPain.Server.Lifecycle;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LegPain.Server.Tests.Lifecycle;

public sealed class DrainTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
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
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        var early = await Task.WhenAny(stopping, Task.Delay(200, Token)) == stopping;
        await LegPain.Tests.Patience.UntilAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            return stopping.IsCompleted;
        });

        Assert.False(early);
        await stopping;
    }

    [Fact]
    public async Task StreamThatDoesNotEnd_HoldsTheNodeForFourSeconds()
    {
        var stream = new TaskCompletionSource();
        _ = _drain.RunStreamAsync(new DefaultHttpContext(), _ => stream.Task);

        var stopping = _drain.StoppingAsync(Token);
        _clock.Advance(TimeSpan.FromMilliseconds(3999));
        var early = stopping.IsCompleted;
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await stopping;

        Assert.False(early);
        stream.SetResult();
    }
}
