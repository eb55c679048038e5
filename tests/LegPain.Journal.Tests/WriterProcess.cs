using System.Diagnostics;
using System.Globalization;

namespace LegPain.Journal.Tests;

/// <summary>A process that appends as fast as it can and notes what was acknowledged, until it is killed.</summary>
internal static class WriterProcess
{
    public const int Streams = 4;

    /// <summary>Where the writing process ends when nobody kills it.</summary>
    private const int AppendsMax = 1000;

    private const string Journal = "LEGPAIN_TEST_JOURNAL_WRITER";
    private const string Notes = "LEGPAIN_TEST_JOURNAL_NOTES";

    /// <summary>Starts the process with an explicit test that calls <see cref="RunAsync"/>.</summary>
    /// <param name="test">The class of that test.</param>
    /// <param name="journal">Where the journal is.</param>
    /// <param name="notes">The file of what was acknowledged.</param>
    public static Process Start(Type test, string journal, string notes)
    {
        // Under `dotnet exec` the program is dotnet itself.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(test.Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-class", test.FullName! })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Journal] = journal;
        start.Environment[Notes] = notes;
        return Process.Start(start)!;
    }

    /// <summary>Writes, in the process that is to be killed.</summary>
    public static async Task RunAsync(Func<string, Task<IJournal>> open)
    {
        await using var journal = await open(Environment.GetEnvironmentVariable(Journal)!);
        await using var notes = new StreamWriter(Environment.GetEnvironmentVariable(Notes)!) { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async stream =>
        {
            for (var sequence = 1; sequence <= AppendsMax; sequence++)
            {
                await journal.AppendAsync($"stream-{stream}", sequence, Samples.Request(sequence));
                lock (notes)
                {
                    notes.Write($"{stream} {sequence} .\n");
                }
            }
        }));
    }

    /// <summary>Returns what the writer was told is durable. The kill may have cut off the last line.</summary>
    public static IEnumerable<(int Stream, long Sequence)> Acknowledged(string notes)
    {
        if (!File.Exists(notes))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(notes, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return
        [
            .. reader.ReadToEnd().Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, _, "."])
                .Select(words => (Number(words[0]), (long)Number(words[1]))),
        ];
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
