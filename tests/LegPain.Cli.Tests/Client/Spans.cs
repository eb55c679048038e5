using System.Collections.Concurrent;
using System.Diagnostics;
using LegPain.Client;

namespace LegPain.Cli.Tests.Client;

/// <summary>
/// Records the client's spans. Listeners are the whole process's, so tests that need one, or need none, run one after
/// the other in the collection of this name.
/// </summary>
internal sealed class Spans : IDisposable
{
    public const string Collection = "spans";

    private readonly ActivityListener _listener;

    public Spans(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == ClientTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = Ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<Activity> Ended { get; } = new();

    /// <summary>Returns how many attempts were made at an address.</summary>
    public int AttemptsAt(Uri server) => At(server).Count();

    /// <summary>Returns how many attempts were answered by the server at an address.</summary>
    public int AnsweredBy(Uri server) => At(server).Count(tags => Equals(tags["rpc.grpc.status_code"], 0));

    private IEnumerable<Dictionary<string, object?>> At(Uri server) => Ended.SelectMany(span => span.Events)
        .Select(attempt => attempt.Tags.ToDictionary())
        .Where(tags => Equals(tags["server.address"], server.Authority));

    public void Dispose() => _listener.Dispose();
}
