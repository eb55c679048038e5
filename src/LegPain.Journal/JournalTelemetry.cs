using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LegPain.Journal;

/// <summary>The journal's spans and metrics. Nothing in them names a stream.</summary>
public static class JournalTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "LegPain.Journal";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> AppendDuration = Meter.CreateHistogram<double>(
        "legpain.journal.append.duration", "s", "From the call to the acknowledgement of an append.",
        advice: new()
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
        });

    private static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "legpain.journal.commit.duration", "s", "One transaction of the writer, its flush included.",
        advice: new()
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
        });

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "legpain.journal.batch.size", "{append}", "Appends and snapshots that shared one transaction.",
        advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "legpain.journal.failures", "{failure}",
        "Appends and snapshots that failed, by outcome; \"stopped\" counts once a writer that ended for good.");

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "legpain.journal.conflicts", "{conflict}", "Appends refused because the stream was elsewhere.");

    private static readonly ConcurrentDictionary<QueueWatch, bool> Queues = [];

    static JournalTelemetry()
    {
        Meter.CreateObservableGauge(
            "legpain.journal.queue.length", () => Queues.Keys.Sum(queue => queue.Length()), "{append}",
            "Appends and snapshots that wait for the writer.");
        Meter.CreateObservableGauge(
            "legpain.journal.queue.limit", () => Queues.Count * JournalLimits.QueueMax, "{append}",
            "Most appends and snapshots that may wait; more are refused.");
    }

    internal static Activity? StartAppend() => Source.StartActivity("journal append");

    internal static Activity? StartBatch(IEnumerable<Activity?> appends)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // The thread has the span of whoever opened the journal: a batch is not part of that.
        Activity.Current = null;
        var recorded = appends.OfType<Activity>().Where(append => append.Recorded).ToList();
        var batch = Source.StartActivity(ActivityKind.Internal, parentContext: default, name: "journal commit",
            links: recorded.Select(append => new ActivityLink(append.Context)));
        if (batch is { Recorded: true })
        {
            recorded.ForEach(append => append.AddLink(new(batch.Context)));
        }

        return batch;
    }

    internal static void Appended(AppendOutcome outcome, TimeSpan elapsed)
    {
        AppendDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", Word(outcome)));
        if (outcome == AppendOutcome.Conflict)
        {
            Conflicts.Add(1);
        }
    }

    internal static void Committed(int size, TimeSpan elapsed)
    {
        BatchSize.Record(size);
        CommitDuration.Record(elapsed.TotalSeconds);
    }

    /// <summary>Reports the length of a queue until what is returned is disposed of.</summary>
    internal static IDisposable WatchQueue(Func<int> length)
    {
        var watch = new QueueWatch(length);
        Queues[watch] = true;
        return watch;
    }

    /// <summary>Counts an append or a snapshot that failed.</summary>
    internal static void Failed(JournalException exception) => Failed(Word(exception));

    /// <summary>Counts a writer that takes nothing until the process is restarted.</summary>
    internal static void Stopped() => Failed("stopped");

    private static void Failed(string outcome) =>
        Failures.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    private static string Word(JournalException exception) => exception switch
    {
        JournalBusyException => "busy",
        JournalUnavailableException => "unavailable",
        JournalFullException => "full",
        JournalUnknownOutcomeException => "unknown",
        JournalCorruptException => "corrupt",
        JournalRejectedException => "rejected",
        _ => "other",
    };

    private static string Word(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.Appended => "appended",
        AppendOutcome.Conflict => "conflict",
        _ => "already-applied",
    };

    private sealed class QueueWatch(Func<int> length) : IDisposable
    {
        public Func<int> Length { get; } = length;

        public void Dispose() => Queues.TryRemove(this, out _);
    }
}
