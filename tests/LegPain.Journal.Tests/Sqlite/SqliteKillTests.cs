using System.Diagnostics;
using System.Globalization;
using LegPain.Journal.Sqlite;
using Xunit;
using static LegPain.Journal.Tests.Samples;

namespace LegPain.Journal.Tests.Sqlite;

/// <summary>Kills a real process that appends as fast as it can, and looks at what is on disk.</summary>
public sealed class SqliteKillTests
{
    private const int Streams = 4;

    /// <summary>Where the writing process ends when nobody kills it.</summary>
    private const int AppendsMax = 1000;

    private const string Variable = "LEGPAIN_TEST_JOURNAL_WRITER";

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(400)]
    public async Task Append_AcknowledgedBeforeTheProcessIsKilled_IsThere(int acknowledgements)
    {
        using var folder = new TempFolder();
        using (var writer = Start(folder.Database))
        {
            await Patience.UntilAsync(() => Acknowledged(folder.Database).Count() >= acknowledgements);
            Assert.False(writer.HasExited, "The writer ended by itself.");
            writer.Kill();
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        }

        var acknowledged = Acknowledged(folder.Database).ToLookup(line => line.Stream, line => line.Sequence);
        await using var journal = SqliteJournal.Open(folder.Database);
        for (var i = 0; i < Streams; i++)
        {
            var stream = $"stream-{i}";
            var sequences = await journal.SequencesAsync(stream);
            Assert.Equal(Enumerable.Range(1, sequences.Count).Select(n => (long)n), sequences);

            // One more may have been stored and not acknowledged.
            var last = acknowledged[i].DefaultIfEmpty(0).Max();
            Assert.InRange(sequences.Count, last, last + 1);
            Assert.Equal(sequences.Count, (await journal.HeadAsync(stream))?.Sequence ?? 0);
            var next = sequences.Count + 1;
            Assert.Equal(new(AppendOutcome.Appended, next), await journal.AppendAsync(stream, next, Request(next)));
        }
    }

    /// <summary>The process that is killed. Not a test: it runs only where the test above asks for it.</summary>
    [Fact(Explicit = true)]
    public async Task Writer_AskedByAnotherProcess_AppendsUntilItIsKilled()
    {
        var database = Environment.GetEnvironmentVariable(Variable)!;
        await using var journal = SqliteJournal.Open(database);
        await using var acknowledgements = new StreamWriter(database + ".acknowledged") { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async stream =>
        {
            for (var sequence = 1; sequence <= AppendsMax; sequence++)
            {
                await journal.AppendAsync($"stream-{stream}", sequence, Request(sequence));
                lock (acknowledgements)
                {
                    acknowledgements.Write($"{stream} {sequence} .\n");
                }
            }
        }));
    }

    private static Process Start(string database)
    {
        // Under `dotnet exec` the program is dotnet itself.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SqliteKillTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", "*.Writer_AskedByAnotherProcess_*" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = database;
        return Process.Start(start)!;
    }

    /// <summary>Returns what the writer was told is durable. The kill may have cut off the last line.</summary>
    private static IEnumerable<(int Stream, long Sequence)> Acknowledged(string database)
    {
        var file = database + ".acknowledged";
        if (!File.Exists(file))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return
        [
            .. reader.ReadToEnd().Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, _, "."])
                .Select(words => (Number(words[0]), (long)Number(words[1]))),
        ];
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
