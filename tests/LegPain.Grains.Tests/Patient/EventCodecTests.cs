using CsCheck;
using Google.Protobuf;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Journal;
using Xunit;
using Stored = LegPain.Protocol.Journal.V1;

namespace LegPain.Grains.Tests.Patient;

public sealed class EventCodecTests
{
    private static readonly Gen<Func<byte[], byte[]>> Damages = Gen.Select(
        Gen.Int[0, 100_000], Gen.Byte, Gen.Bool, (at, value, cut) => new Func<byte[], byte[]>(bytes =>
        {
            byte[] damaged = cut ? bytes[..(at % bytes.Length)] : [.. bytes];
            if (!cut)
            {
                damaged[at % damaged.Length] = value;
            }

            return damaged;
        }));

    [Fact]
    public void Decode_AnyEventEncoded_IsThatEvent() => Histories.Any.Sample(events =>
    {
        foreach (var recorded in events)
        {
            Assert.Equal(Describe.Of(recorded), Describe.Of(RoundTrip(recorded)));
        }
    }, iter: 300);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    public void Decode_AnyNumberEncoded_IsThatNumber(double number)
    {
        var at = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.FromHours(5)).AddTicks(1);
        var observation = new Observation(
            "pain-intensity", Presence.Present, number, ["a", "é"], at, DateTimeOffset.MinValue);
        var report = new ObservationsReported(3, true, [new(observation, 7, 9, true, 12, 0)]);
        var outcome = new EventOutcome("id", "v", "h", Urgency.Immediate, ["x", "y"]);
        var recorded = new RecordedEvent(12, Reports.Start, "r", report, outcome);

        var decoded = RoundTrip(recorded);

        Assert.Equal(Describe.Of(recorded), Describe.Of(decoded));
    }

    [Fact]
    public void Decode_DamagedBytes_GivesAnEventOrSaysCorrupt() =>
        Gen.Select(Histories.Any, Damages).Sample((events, damage) =>
        {
            foreach (var recorded in events)
            {
                var bytes = damage(EventCodec.Encode(recorded.Event, recorded.Outcome));
                try
                {
                    EventCodec.Decode(new JournalRecord(recorded.Revision, Reports.Start, "r", default, bytes));
                }
                catch (JournalCorruptException exception)
                {
                    Assert.Equal(recorded.Revision, exception.Sequence);
                }
            }
        }, iter: 800);

    [Fact]
    public void Decode_ADamagedSnapshot_GivesAStateOrNull() =>
        Gen.Select(Histories.Any, Damages).Sample((events, damage) =>
        {
            var bytes = damage(EventCodec.Encode(Histories.Fold(events)));

            EventCodec.Decode(new JournalSnapshot(events.Count, bytes));
        }, iter: 1500);

    [Fact]
    public void Decode_AnEmptySnapshot_IsNull() => Assert.Null(EventCodec.Decode(new JournalSnapshot(5, default)));

    [Fact]
    public void Decode_ASnapshotOfAnotherFold_IsNull()
    {
        var stored = Stored.PatientSnapshot.Parser.ParseFrom(EventCodec.Encode(PatientState.Empty));
        stored.Fold = 0;

        Assert.Null(EventCodec.Decode(new JournalSnapshot(0, stored.ToByteArray())));
    }

    [Fact]
    public void Decode_AnEmptyPayload_IsCorrupt() => Assert.Throws<JournalCorruptException>(
        () => EventCodec.Decode(new JournalRecord(5, Reports.Start, "r", default, default)));

    private static RecordedEvent RoundTrip(RecordedEvent recorded) => EventCodec.Decode(new JournalRecord(
        recorded.Revision, recorded.RecordedAt, recorded.RequestId, default,
        EventCodec.Encode(recorded.Event, recorded.Outcome)));
}
