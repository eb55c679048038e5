using CsCheck;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests;

public abstract partial class JournalConformance
{
    private static readonly Gen<string> Streams = Gen.Int[0, 2].Select(i => $"s{i}");
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 20];
    private static readonly Gen<string> Requests = Gen.Int[0, 9].Select(i => $"r{i}");

    /// <summary>A call: its text for the failure message, and what the model and the journal say to it.</summary>
    private static readonly Gen<Call> Calls = Gen.OneOf(
        Gen.Select(Streams, Gen.Int[-2, 2], Requests, Bytes, (stream, past, request, payload) => new Call(
            $"append {stream} {past} {request}",
            model => model.Append(Appending(stream, model.Last(stream) + 1 + past, request, payload)).ToString(),
            async (journal, prefix, model) => (await journal.AppendAsync(
                Appending(prefix + stream, model.Last(stream) + 1 + past, request, payload), Token)).ToString())),
        Gen.Select(Streams, Gen.Int[0, 8], Gen.Int[1, 6], (stream, after, max) => new Call(
            $"read {stream} {after} {max}",
            model => Lines(model.Read(stream, after, max).Select(Show)),
            async (journal, prefix, _) => Lines((await journal.ReadAsync(prefix + stream, after, max)).Select(Show)))),
        Gen.Select(Streams, Requests, (stream, request) => new Call(
            $"find {stream} {request}",
            model => Show(model.Find(stream, request)),
            async (journal, prefix, _) => Show(await journal.FindAsync(prefix + stream, request)))),
        Streams.Select(stream => new Call(
            $"head {stream}",
            model => Show(model.Heads.GetValueOrDefault(stream)),
            async (journal, prefix, _) => Show(await journal.HeadAsync(prefix + stream)))),
        Gen.Select(Streams, Gen.Long[1, 8], Bytes, (stream, sequence, payload) => new Call(
            $"keep {stream} {sequence}",
            model => (model.Snapshots[(stream, sequence)] = new(sequence, payload)) is null ? "none" : "kept",
            async (journal, prefix, _) =>
            {
                await journal.KeepAsync(prefix + stream, new(sequence, payload));
                return "kept";
            })),
        Gen.Select(Streams, Gen.Long[0, 9], (stream, atOrBefore) => new Call(
            $"snapshot {stream} {atOrBefore}",
            model => Show(model.Snapshot(stream, atOrBefore)),
            async (journal, prefix, _) => Show(await journal.SnapshotAsync(prefix + stream, atOrBefore)))));

    [Fact]
    public async Task Calls_InAnyOrder_AnswerAsADictionaryWould()
    {
        var run = 0;

        await Calls.List[1, 60].SampleAsync(async calls =>
        {
            var prefix = $"run-{Interlocked.Increment(ref run)}-";
            var model = new JournalModel();
            foreach (var call in calls)
            {
                // The journal first: the model has not moved on yet when the call is made.
                var actual = await call.Ask(Journal, prefix, model).InTime();
                Assert.Equal($"{call.Text}: {call.Expect(model)}", $"{call.Text}: {actual}");
            }
        }, iter: 200, threads: 1);
    }

    private static JournalAppend Appending(string stream, long sequence, string request, byte[] payload) => new(
        stream,
        new(sequence, At(sequence), request, payload.AsMemory(0, payload.Length / 2), payload),
        new("tenant", sequence, payload.Length, payload.Length % 2 == 0 ? null : Start, At(sequence), payload));

    private static DateTimeOffset At(long sequence) => Start.AddMinutes(sequence);

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private sealed record Call(
        string Text, Func<JournalModel, string> Expect, Func<IJournal, string, JournalModel, Task<string>> Ask)
    {
        public override string ToString() => Text;
    }
}
