using System.Diagnostics;

namespace LegPain.Robustness.Workload;

/// <summary>The one clock of a run: microseconds since it began. Never goes backward.</summary>
internal sealed class RunClock
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Gets the time.</summary>
    public long Now => (long)Stopwatch.GetElapsedTime(_started).TotalMicroseconds;
}
