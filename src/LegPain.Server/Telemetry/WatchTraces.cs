using System.Diagnostics;

namespace LegPain.Server.Telemetry;

/// <summary>Gives every step of a watch, a read or a lease, a trace of its own, linked to the watch.</summary>
/// <remarks>
/// A watch lasts hours and its span ends with it: as its children, the steps would be without a parent for as long, and
/// for ever when the server is killed.
/// </remarks>
internal static class WatchTraces
{
    /// <summary>The name of the activity source.</summary>
    public const string Name = "LegPain.Watch";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins a step; dispose it at its end. Call it in an async method of its own.</summary>
    /// <returns>Null when the watch is not recorded.</returns>
    public static Activity? StartStep()
    {
        if (Activity.Current is not { Recorded: true } watch)
        {
            return null;
        }

        // Left with the async method that called.
        Activity.Current = null;
        return Source.StartActivity(
            ActivityKind.Internal, parentContext: default, name: "watch step", links: [new(watch.Context)]);
    }
}
