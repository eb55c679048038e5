using LegPain.Client;
using LegPain.Tests;

namespace LegPain.Cli.Tests.Client;

/// <summary>Client options for tests of anything but time.</summary>
internal static class UnhurriedOptions
{
    /// <summary>
    /// Gets where a clock begins that the test advances: a deadline told by it does not pass by the wall clock, which
    /// gRPC goes by.
    /// </summary>
    public static DateTimeOffset Ahead => TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);

    /// <summary>
    /// Gives attempts, calls and connections more time than anything takes on a busy machine, so that none is repeated
    /// or lost but for what the test does to it.
    /// </summary>
    public static LegPainClientOptions Unhurried(this LegPainClientOptions options)
    {
        options.AttemptTimeout = Patience.Max;
        options.Deadline = 2 * Patience.Max;
        options.KeepAlive = Patience.Max;
        return options;
    }
}
