using LegPain.Grains.Patient;
using LegPain.Grains.Tests.Patient;
using LegPain.Journal;
using Xunit;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>Calls under a timeout, with the reply that is expected taken out.</summary>
internal static class PatientCalls
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<PatientReply> SubmitInTime(this IPatientGrain patient, PatientCommand command) =>
        patient.SubmitAsync(command, Token).InTime();

    /// <summary>Submits a command that must be accepted.</summary>
    public static async Task<PatientReading> AcceptedAsync(this IPatientGrain patient, PatientCommand command)
    {
        var reply = await patient.SubmitInTime(command);
        Assert.Null(reply.Refusal);
        return reply.Reading!;
    }

    /// <summary>Submits a command that must be refused.</summary>
    public static async Task<Refusal> RefusedAsync(this IPatientGrain patient, PatientCommand command)
    {
        var reply = await patient.SubmitInTime(command);
        Assert.Null(reply.Reading);
        return reply.Refusal!;
    }

    public static Task<PatientReply> ReadAsync(
        this IPatientGrain patient, long? revision = null, DateTimeOffset? asOf = null) =>
        patient.ReadAsync(revision, asOf, Token).InTime();

    public static Task<PatientReadings> UnderAsync(
        this IPatientGrain patient, params IReadOnlyList<ReadingTerms> wanted) =>
        patient.ReadUnderAsync(wanted, Token).InTime();

    public static Task<PatientReadings> SinceAsync(this IPatientGrain patient, long after, int max = 100) =>
        patient.ReadSinceAsync(after, max, Token).InTime();

    public static Task<PatientEventPage> EventsAsync(this IPatientGrain patient, long after, int max = 100) =>
        patient.ReadEventsAsync(after, max, Token).InTime();

    public static Task<IReadOnlyList<JournalRecord>> RecordsAsync(this IJournal journal, string stream) =>
        journal.ReadAsync(stream, 0, JournalLimits.ReadMax, Token).InTime();

    /// <summary>Appends an event to a patient's stream as another activation would, behind its back.</summary>
    public static async Task AppendBehindAsync(this IJournal journal, string stream, PatientCommand command)
    {
        var history = new PatientHistory(journal, stream);
        var (state, _) = await history.ReplayAsync(long.MaxValue, Token).InTime();
        var now = Reports.Start.AddSeconds(state.Revision);
        var happened = PatientDecider.Decide(state, command, Reports.Pack, now, null).Event!;
        var payload = EventCodec.Encode(happened, new("legpain", "1", "hash", Engine.Vocabulary.Urgency.Soon, []));
        var sequence = state.Revision + 1;
        var result = await journal.AppendAsync(
            new(stream, new(sequence, now, command.RequestId, command.RequestHash, payload),
                new(command.Tenant, sequence, 1, null, now, ReadOnlyMemory<byte>.Empty)), Token).InTime();
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
    }
}
