using CsCheck;
using LegPain.Grains.Patient;
using LegPain.Journal;
using LegPain.Journal.Memory;
using Xunit;
using static LegPain.Grains.Tests.Patient.Histories;

namespace LegPain.Grains.Tests.Patient;

public sealed class PatientHistoryTests
{
    private const string Stream = "p";

    /// <summary>Replay equals live: at any revision, from any snapshot, for any moment.</summary>
    [Fact]
    public async Task Replay_OfAnyHistory_IsTheSameBytesAndAssessesTheSame() =>
        await Gen.Select(Any, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 2000]).SampleAsync(
            async (events, snapshotPart, part, hours) =>
            {
                var journal = new MemoryJournal();
                foreach (var recorded in events)
                {
                    await AppendAsync(journal, recorded);
                }

                var snapshot = Fold(events.Take((int)(snapshotPart * events.Count)));
                await journal.WriteSnapshotAsync(
                    Stream, new(snapshot.Revision, EventCodec.Encode(snapshot)), CancellationToken.None);
                var live = Fold(events.Take((int)Math.Ceiling(part * events.Count)));

                var (replayed, _) = await new PatientHistory(journal, Stream).ReplayAsync(
                    live.Revision, CancellationToken.None);

                Assert.Equal(EventCodec.Encode(live), EventCodec.Encode(replayed));
                var at = live.RecordedAt.AddHours(hours);
                Assert.Equal(
                    Describe.Of(PatientReader.Read(live, Reports.Pack, at)),
                    Describe.Of(PatientReader.Read(replayed, Reports.Pack, at)));
            },
            iter: 200);

    private static async Task AppendAsync(MemoryJournal journal, RecordedEvent recorded)
    {
        var record = new JournalRecord(
            recorded.Revision, recorded.RecordedAt, recorded.RequestId, default,
            EventCodec.Encode(recorded.Event, recorded.Outcome));
        var head = new JournalHead(
            Reports.Tenant, recorded.Revision, (int)recorded.Outcome.Urgency, null, recorded.RecordedAt,
            ReadOnlyMemory<byte>.Empty);
        var result = await journal.AppendAsync(new(Stream, record, head), CancellationToken.None);
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
    }
}
