using System.Runtime.CompilerServices;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Server.Errors;
using LegPain.Server.Lifecycle;
using LegPain.Server.Telemetry;

namespace LegPain.Server.Watch;

/// <summary>What a watch says next: an assessment, or that nothing has changed.</summary>
/// <param name="Reading">The assessment, or null.</param>
/// <param name="Revision">The revision reached.</param>
/// <param name="AsOf">When.</param>
internal readonly record struct WatchItem(PatientReading? Reading, long Revision, DateTimeOffset AsOf);

/// <summary>
/// Signal and read: waits for a hint that a patient has changed, and reads what it lacks from its own last revision on.
/// </summary>
internal sealed class AssessmentStream(
    IGrainFactory grains, AssessmentWatches watches, ServerSettings settings, TimeProvider clock, Drain drain)
{
    private const int ReadMax = 32;

    /// <summary>The first wait for a patient that cannot be reached; each further one is twice as long.</summary>
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait to tell a patient that nobody listens any more: the lease ends by itself.</summary>
    private static readonly TimeSpan UnsubscribeMax = TimeSpan.FromSeconds(1);

    /// <summary>Follows a patient until the token is canceled.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// The patient refuses, or there are all the watches there may be.
    /// </exception>
    public async IAsyncEnumerable<WatchItem> FollowAsync(
        string patientKey, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var patient = grains.GetGrain<IPatientGrain>(patientKey);
        var watch = watches.Open(patientKey);
        try
        {
            var last = afterRevision;
            var retryAfter = RetryMin;

            // Counted from here, and not by the wall clock, which may be set back.
            var started = clock.GetTimestamp();
            var renewAt = TimeSpan.Zero;
            var progressAt = settings.ProgressEvery;
            while (true)
            {
                // Subscribe before reading: what changes in between is signaled, so nothing falls between the two.
                if (watch.TakeRenewal() || clock.GetElapsedTime(started) >= renewAt)
                {
                    var lease = await RenewAsync(patient, cancellationToken);
                    renewAt = clock.GetElapsedTime(started) + lease;
                }

                PatientReadings? read;
                while ((read = await TryReadAsync(patient, last, cancellationToken))?.Readings
                    is { Count: > 0 } readings)
                {
                    foreach (var reading in readings)
                    {
                        yield return new(reading, reading.Revision, reading.AssessedAt);
                        last = reading.Revision;
                    }

                    progressAt = clock.GetElapsedTime(started) + settings.ProgressEvery;
                }

                if (read is null)
                {
                    renewAt = TimeSpan.Zero;
                    await watch.WaitAsync(retryAfter * watch.Spread, clock, cancellationToken);
                    retryAfter = retryAfter * 2 < RetryMax ? retryAfter * 2 : RetryMax;
                    continue;
                }

                retryAfter = RetryMin;

                var now = clock.GetElapsedTime(started);
                if (now >= progressAt)
                {
                    yield return new(null, last, clock.GetUtcNow());
                    progressAt = now + settings.ProgressEvery;
                }

                var until = renewAt < progressAt ? renewAt : progressAt;
                await watch.WaitAsync(until > now ? until - now : TimeSpan.Zero, clock, cancellationToken);
            }
        }
        finally
        {
            watch.Dispose();

            // A stopping process asks nothing more of its silo: its leases end by themselves. Else it is waited for,
            // so that a node which is asked to stop just now does not do so before.
            if (watch.WasLast && !drain.Closing.IsCancellationRequested)
            {
                await UnsubscribeAsync(patient, patientKey);
            }
        }
    }

    /// <summary>Renews the lease; returns after how long to do so again.</summary>
    private async ValueTask<TimeSpan> RenewAsync(IPatientGrain patient, CancellationToken cancellationToken)
    {
        using var span = WatchTraces.StartStep();
        try
        {
            await patient.SubscribeAsync(watches.Reference).AsTask().WaitAsync(cancellationToken);
            return WatchLease.RenewEvery;
        }
        catch (Exception exception) when (IsPassing(exception))
        {
            return RetryMin;
        }
    }

    /// <summary>Reads what is new; null when the patient cannot be reached just now.</summary>
    private static async ValueTask<PatientReadings?> TryReadAsync(
        IPatientGrain patient, long after, CancellationToken cancellationToken)
    {
        using var span = WatchTraces.StartStep();
        try
        {
            var read = await patient.ReadSinceAsync(after, ReadMax, cancellationToken);
            return read.Refusal switch
            {
                null => read,
                {
                    Reason: RefusalReason.OutcomeUnknown or RefusalReason.Unavailable or RefusalReason.JournalBusy,
                } => null,
                { Reason: RefusalReason.PatientNotFound } when after == 0 => read,
                { Reason: RefusalReason.PatientNotFound } =>
                    throw Refuse.Because(Refusal.Of(RefusalReason.RevisionNotFound, 0)),
                var refusal => throw Refuse.Because(refusal),
            };
        }
        catch (Exception exception) when (IsPassing(exception))
        {
            return null;
        }
    }

    private async Task UnsubscribeAsync(IPatientGrain patient, string patientKey)
    {
        using var span = WatchTraces.StartStep();
        try
        {
            await patient.UnsubscribeAsync(watches.Reference).AsTask().WaitAsync(UnsubscribeMax, clock);
        }
        catch (Exception exception) when (IsPassing(exception))
        {
            // The lease ends by itself.
        }

        // Of a watch that was opened meanwhile this may have taken the lease.
        watches.Renew(patientKey);
    }

    private static bool IsPassing(Exception exception) => exception is OrleansException or TimeoutException;
}
