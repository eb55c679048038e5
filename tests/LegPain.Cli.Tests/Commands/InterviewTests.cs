using System.Text.Json;

namespace LegPain.Cli.Tests.Commands;

public sealed class InterviewTests(ServerFixture server)
{
    [Fact]
    public async Task Interview_ByPipedLines_StoresEveryAnswerAndEndsWithTheAssessment()
    {
        var result = await CliResult.OfAsync(["interview"], input: "n\nmaybe\n?\nn\nb\n");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("Please answer y, n or ?.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Stopped; what was answered is stored.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Revision 3", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact]
    public async Task Interview_UntilTheUrgencyIsSettled_StopsByItself()
    {
        var result = await CliResult.OfAsync(
            ["interview"], input: string.Concat(Enumerable.Repeat("y\n", 3))
                + string.Concat(Enumerable.Repeat("?\n", 400)));

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("[IMMEDIATE]", result.Output, StringComparison.Ordinal);
        Assert.Contains("No further answer can change the urgency.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interview_WithoutAnswers_AssessesNothing()
    {
        var result = await CliResult.OfAsync(["interview"], input: "b\n");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("Nothing was answered", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interview_OnANamedServerWithJson_KeepsTheOutputForTheDocument()
    {
        var result = await CliResult.OfAsync(
            ["interview", "--server", server.Address.ToString(), "-p", "interview-json", "--json"], input: "n\nn\n");
        var events = await server.RunAsync("events", "-p", "interview-json", "--json");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal("2", JsonDocument.Parse(result.Output).RootElement.GetProperty("revision").GetString());
        Assert.Equal(2, JsonDocument.Parse(events.Output).RootElement.GetProperty("events").GetArrayLength());
    }
}
