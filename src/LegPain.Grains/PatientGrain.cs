using LegPain.Engine.Knowledge;
using LegPain.Grains.Patient;
using LegPain.Journal;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace LegPain.Grains;

/// <summary>A patient's session as Orleans knows it: activated with it, and deactivated once it is broken.</summary>
/// <remarks>
/// Placed at random, and not where there is least to do: a node that alone has lost the journal has nothing to do, and
/// would be given every patient again that it has just given up.
/// </remarks>
[GrainType("legpain.patient"), RandomPlacement]
public sealed class PatientGrain : Grain, IPatientGrain
{
    private readonly PatientSession _session;

    /// <summary>Makes a patient; Orleans calls it.</summary>
    public PatientGrain(IJournal journal, KnowledgeLibrary library, TimeProvider clock, ILogger<PatientGrain> logger) =>
        _session = new(this.GetPrimaryKeyString(), journal, library, clock, logger);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _session.OpenAsync(cancellationToken);
        PatientTelemetry.CountActive(1);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        PatientTelemetry.CountActive(-1);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<PatientReply> SubmitAsync(PatientCommand command, CancellationToken cancellationToken) =>
        Answer(await _session.SubmitAsync(command, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<PatientReply> ReadAsync(
        long? revision, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        Answer(await _session.ReadAsync(revision, asOf, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<PatientReadings> ReadUnderAsync(
        IReadOnlyList<ReadingTerms> wanted, CancellationToken cancellationToken) =>
        Answer(await _session.ReadUnderAsync(wanted, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<PatientReadings> ReadSinceAsync(
        long afterRevision, int max, CancellationToken cancellationToken) =>
        Answer(await _session.ReadSinceAsync(afterRevision, max, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<PatientEventPage> ReadEventsAsync(
        long afterRevision, int max, CancellationToken cancellationToken) =>
        Answer(await _session.ReadEventsAsync(afterRevision, max, cancellationToken));

    /// <inheritdoc/>
    public ValueTask SubscribeAsync(IPatientObserver observer)
    {
        _session.Subscribe(observer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(IPatientObserver observer)
    {
        _session.Unsubscribe(observer);
        return ValueTask.CompletedTask;
    }

    private T Answer<T>(T answer)
    {
        if (_session.IsBroken)
        {
            DeactivateOnIdle();
        }

        return answer;
    }
}
