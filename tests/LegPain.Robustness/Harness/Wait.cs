using System.Diagnostics;

namespace LegPain.Robustness.Harness;

/// <summary>Waits for what the machine does in its own time and tells nobody of.</summary>
internal static class Wait
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until something is so; returns false when the time is over first.</summary>
    public static Task<bool> UntilAsync(Func<bool> holds, TimeSpan max) =>
        UntilAsync(() => Task.FromResult(holds()), max);

    /// <summary>Looks until something is so; returns false when the time is over first.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan max)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > max)
            {
                return false;
            }

            await Task.Delay(LookEvery, TimeProvider.System, CancellationToken.None);
        }

        return true;
    }
}
