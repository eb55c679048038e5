using System.Diagnostics;

namespace LegPain.Tests;

/// <summary>Puts every await under a timeout: a hang fails the test that caused it.</summary>
internal static class Patience
{
    /// <summary>Longer than any call takes on a busy machine.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    public static Task InTime(this Task task) => task.WaitAsync(Max);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Max);

    public static Task InTime(this ValueTask task) => task.AsTask().WaitAsync(Max);

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Max);

    /// <summary>Looks until something is so, and fails when it never is.</summary>
    public static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    /// <summary>Looks until something is so, and fails when it never is.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var started = Stopwatch.GetTimestamp();
        using var again = new PeriodicTimer(LookEvery);
        while (!await holds().InTime())
        {
            Xunit.Assert.True(Stopwatch.GetElapsedTime(started) < Max, "What was waited for did not come in time.");
            await again.WaitForNextTickAsync();
        }
    }
}
