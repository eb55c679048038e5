namespace LegPain.Cli.Tests.Commands;

public sealed class DemoTests
{
    private const int ColumnsMax = 100;

    [Fact]
    public async Task Demo_Redirected_TellsTheWholeStoryWithoutEscapeCodes()
    {
        var result = await CliResult.OfAsync(["demo", "--fast"]);

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Empty(result.Error);
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= ColumnsMax, line));
        string[] inOrder =
        [
            "Day 1", "[SOON]", "draft", "Day 2", "[SAME-DAY]", "red flag raised", "because", "grounds", "sources",
            "Day 3",
            "within 4 hours", "wells-dvt>=3 ×5.2", "Day 4", "[IMMEDIATE]", "complete", "urgency same-day -> immediate",
            "settled by  CT pulmonary angiogram", "Later the same day", "red flag cleared", "What the journal holds",
            "entered in error: revision 4", "no diagnosis",
        ];
        var at = 0;
        foreach (var text in inOrder)
        {
            var found = result.Output.IndexOf(text, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{text}' is not where it should be.");
            at = found + text.Length;
        }
    }

    [Fact]
    public async Task Demo_OnAFolder_KeepsTheJournalThere_AndCanBeRunAgain()
    {
        var folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;
        try
        {
            var first = await CliResult.OfAsync(["demo", "--fast", "--data", folder]);
            var second = await CliResult.OfAsync(["demo", "--fast", "--data", folder]);

            Assert.Equal((ExitCode.Ok, ExitCode.Ok), (first.Code, second.Code));
            Assert.True(File.Exists(Path.Combine(folder, "journal.db")));
            Assert.Contains("entered in error: revision 9", second.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
