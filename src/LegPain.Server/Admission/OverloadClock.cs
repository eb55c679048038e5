namespace LegPain.Server.Admission;

/// <summary>Says how long who is refused should wait: longer as the overload lasts, and not all equally long.</summary>
/// <remarks>
/// An overload is a run of refusals with no gap longer than <see cref="DelayMax"/>. Its longest delay grows from 1 to 5
/// seconds within its first 4; each refusal gets between half of it and the whole, one after another evenly spread, so
/// that those refused together do not come back together. Safe for concurrent use.
/// </remarks>
internal sealed class OverloadClock(TimeProvider clock)
{
    /// <summary>The shortest delay: half a second.</summary>
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest delay: 5 seconds.</summary>
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(5);

    // Multiples of the golden ratio, modulo 1, fill the interval evenly however many are taken.
    private const double Step = 0.618_033_988_749_895;

    private readonly Lock _lock = new();
    private long? _last;
    private long _since;
    private double _spread;

    /// <summary>Counts a refusal and returns its delay.</summary>
    public TimeSpan NextDelay()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_last is not { } last || clock.GetElapsedTime(last, now) > DelayMax)
            {
                _since = now;
            }

            _last = now;
            _spread = (_spread + Step) % 1;
            var longest = (2 * DelayMin) + clock.GetElapsedTime(_since, now);
            return (longest < DelayMax ? longest : DelayMax) * (0.5 + (_spread / 2));
        }
    }
}
