using LegPain.Server.Admission;
using Xunit;

namespace LegPain.Server.Tests.Admission;

/// <summary>How long who is refused is told to wait.</summary>
public sealed class OverloadClockTests
{
    private readonly ManualClock _time = new();

    [Fact]
    public void Delays_GrowWhileTheOverloadLastsAndStayWithinTheirBounds()
    {
        var clock = new OverloadClock(_time);

        var first = Mean(clock);
        _time.Pass(TimeSpan.FromSeconds(2));
        var later = Mean(clock);
        for (var second = 0; second < 60; second++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            clock.NextDelay();
        }

        var last = Mean(clock);
        Assert.InRange(first, 0.7, 0.8);
        Assert.InRange(later, 2.1, 2.4);
        Assert.InRange(last, 3.6, 3.9);
    }

    [Fact]
    public void Delays_OfThoseRefusedTogether_AreSpreadEvenly()
    {
        var clock = new OverloadClock(_time);

        var delays = Enumerable.Range(0, 100).Select(_ => clock.NextDelay()).Order().ToList();

        Assert.InRange(delays[0], OverloadClock.DelayMin, OverloadClock.DelayMin * 1.03);
        Assert.InRange(delays[^1], OverloadClock.DelayMin * 1.97, OverloadClock.DelayMin * 2);
        Assert.All(delays.Zip(delays.Skip(1)), pair =>
            Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void Delays_AfterAQuietTime_BeginAnew()
    {
        var clock = new OverloadClock(_time);
        for (var second = 0; second < 10; second++)
        {
            clock.NextDelay();
            _time.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.True(Mean(clock) > 3);
        _time.Pass(OverloadClock.DelayMax + TimeSpan.FromMilliseconds(1));

        Assert.InRange(Mean(clock), 0.7, 0.8);
    }

    private static double Mean(OverloadClock clock) =>
        Enumerable.Range(0, 50).Average(_ =>
        {
            var delay = clock.NextDelay();
            Assert.InRange(delay, OverloadClock.DelayMin, OverloadClock.DelayMax);
            return delay.TotalSeconds;
        });

    /// <summary>A clock that only a test moves.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private TimeSpan _now = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Pass(TimeSpan time) => _now += time;
    }
}
