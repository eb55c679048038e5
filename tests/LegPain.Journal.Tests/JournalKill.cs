using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests;

/// <summary>Kills a real process that appends as fast as it can, and looks at what is stored.</summary>
internal static class JournalKill
{
    /// <summary>Starts the process, kills it once enough is acknowledged, and checks what the journal holds.</summary>
    /// <param name="test">The class whose explicit test is the writing process.</param>
    /// <param name="journal">Where the journal is.</param>
    /// <param name="acknowledgements">How many acknowledgements to wait for.</param>
    /// <param name="open">Opens the journal.</param>
    public static async Task CheckAsync(
        Type test, string journal, int acknowledgements, Func<string, Task<IJournal>> open)
    {
        using var folder = new TempFolder();
        var notes = Path.Combine(folder.Path, "acknowledged");
        using (var writer = WriterProcess.Start(test, journal, notes))
        {
            await Patience.UntilAsync(() => WriterProcess.Acknowledged(notes).Count() >= acknowledgements);
            Assert.False(writer.HasExited, "The writer ended by itself.");
            writer.Kill();
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        }

        var acknowledged = WriterProcess.Acknowledged(notes).ToLookup(line => line.Stream, line => line.Sequence);
        await using var opened = await open(journal);
        for (var i = 0; i < WriterProcess.Streams; i++)
        {
            await CheckAsync(opened, $"stream-{i}", acknowledged[i].DefaultIfEmpty(0).Max());
        }
    }

    private static async Task CheckAsync(IJournal journal, string stream, long acknowledged)
    {
        var sequences = await journal.SequencesAsync(stream);
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(n => (long)n), sequences);

        // One more may have been stored and not acknowledged.
        Assert.InRange(sequences.Count, acknowledged, acknowledged + 1);
        Assert.Equal(sequences.Count, (await journal.HeadAsync(stream))?.Sequence ?? 0);
        var next = sequences.Count + 1;
        Assert.Equal(new(AppendOutcome.Appended, next), await journal.AppendAsync(stream, next, Request(next)));
    }
}
