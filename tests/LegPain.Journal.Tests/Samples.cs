using System.Globalization;
using Xunit;

namespace LegPain.Journal.Tests;

/// <summary>Records and calls that the tests share.</summary>
internal static class Samples
{
    public const string StreamA = "stream-a";

    public const string StreamB = "stream-b";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, 123, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an append whose content follows from its arguments, so that a mix-up shows.</summary>
    public static JournalAppend Append(string stream, long sequence, string requestId, int payloadBytes = 24)
    {
        var payload = new byte[payloadBytes];
        new Random(HashCode.Of(stream, sequence, requestId)).NextBytes(payload);
        var at = Start.AddSeconds(sequence);
        return new(
            stream,
            new(sequence, at, requestId, new byte[] { (byte)sequence, 7 }, payload),
            new("tenant", sequence, (int)(sequence % 5) + 1, sequence % 2 == 0 ? null : at.AddDays(1), at,
                new[] { (byte)sequence }));
    }

    public static Task<AppendResult> AppendAsync(
        this IJournal journal, string stream, long sequence, string requestId) =>
        journal.AppendAsync(Append(stream, sequence, requestId), Token).InTime();

    /// <summary>Appends records 1 to count of a stream; the request of record n is "request-n".</summary>
    public static async Task FillAsync(this IJournal journal, string stream, int count, int payloadBytes = 24)
    {
        for (var sequence = 1; sequence <= count; sequence++)
        {
            var append = Append(stream, sequence, Request(sequence), payloadBytes);
            Assert.Equal(new(AppendOutcome.Appended, sequence), await journal.AppendAsync(append, Token).InTime());
        }
    }

    public static string Request(long sequence) => "request-" + sequence.ToString(CultureInfo.InvariantCulture);

    public static Task<IReadOnlyList<JournalRecord>> ReadAsync(
        this IJournal journal, string stream, long after = 0, int max = JournalLimits.ReadMax) =>
        journal.ReadAsync(stream, after, max, Token).InTime();

    public static async Task<IReadOnlyList<long>> SequencesAsync(this IJournal journal, string stream) =>
        [.. (await journal.ReadAsync(stream)).Select(record => record.Sequence)];

    public static Task<JournalHead?> HeadAsync(this IJournal journal, string stream) =>
        journal.ReadHeadAsync(stream, Token).InTime();

    public static Task<JournalRecord?> FindAsync(this IJournal journal, string stream, string requestId) =>
        journal.FindRequestAsync(stream, requestId, Token).InTime();

    public static Task<JournalSnapshot?> SnapshotAsync(this IJournal journal, string stream, long atOrBefore) =>
        journal.ReadSnapshotAsync(stream, atOrBefore, Token).InTime();

    public static Task KeepAsync(this IJournal journal, string stream, JournalSnapshot snapshot) =>
        journal.WriteSnapshotAsync(stream, snapshot, Token).InTime();

    /// <summary>All fields as text: a record holds its bytes by reference, so equality says nothing.</summary>
    public static string Show(JournalRecord? record) => record is null ? "none" : string.Create(
        CultureInfo.InvariantCulture,
        $"{record.Sequence} {Ticks(record.RecordedAt)} {record.RequestId} "
        + $"{Hex(record.RequestHash)} {Hex(record.Payload)}");

    public static string Show(JournalHead? head) => head is null ? "none" : string.Create(
        CultureInfo.InvariantCulture,
        $"{head.Tenant} {head.Sequence} {head.Rank} {Ticks(head.DueAt)} {Ticks(head.UpdatedAt)} {Hex(head.Summary)}");

    public static string Show(JournalSnapshot? snapshot) => snapshot is null ? "none" : string.Create(
        CultureInfo.InvariantCulture, $"{snapshot.Sequence} {Hex(snapshot.Payload)}");

    private static long? Ticks(DateTimeOffset? time) => time?.UtcTicks;

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    /// <summary>A hash that is the same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static class HashCode
    {
        public static int Of(string stream, long sequence, string requestId) =>
            $"{stream}/{sequence}/{requestId}".Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
    }
}
