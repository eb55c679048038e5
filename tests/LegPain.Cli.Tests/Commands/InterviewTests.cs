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
        Assert.Contains("Stopped; what was answered counts.", result.Output, StringComparison.Ordinal);
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
    public async Task Interview_BegunInOwnWords_StoresWhatIsConfirmed()
    {
        var result = await CliResult.OfAsync(
            ["interview", "--server", server.Address.ToString(), "-p", "interview-words"],
            input: "for three weeks my left calf is swollen, maybe a fever, pain 7/10\ny\nb\n");
        var events = await server.RunAsync("events", "-p", "interview-words", "--json");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("leg-swelling=one-calf", result.Output, StringComparison.Ordinal);
        Assert.Contains("[calf is swollen]", result.Output, StringComparison.Ordinal);
        Assert.Contains("Revision 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"startedAt\"", events.Output, StringComparison.Ordinal);
        Assert.Contains("symptom-duration", events.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fever", events.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interview_WithWordsThatAreNotConfirmed_StoresNothing()
    {
        var result = await CliResult.OfAsync(["interview"], input: "my calf is swollen\nn\nb\n");

        Assert.Contains("Nothing of it is stored.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was answered", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interview_WithASentenceInsteadOfAnAnswer_StoresItOnceConfirmedAndAsksOn()
    {
        var result = await CliResult.OfAsync(
            ["interview"], input: "\nI would like to know\nno fever but my leg itches\ny\n?\nb\n");

        Assert.Contains("Nothing was understood.", result.Output, StringComparison.Ordinal);
        Assert.Contains("no:fever", result.Output, StringComparison.Ordinal);
        Assert.Contains("[itches]", result.Output, StringComparison.Ordinal);
        Assert.Contains("Revision 2", result.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// The first interview shows how many questions come before "since when?". A denial that was entered in error is
    /// not told again.
    /// </summary>
    [Theory]
    [InlineData("5", true)]
    [InlineData("?", false)]
    public async Task Interview_OfAFindingToldWithoutItsBeginning_AsksSinceWhen(string days, bool isTold)
    {
        const string SinceWhen = "Since how many days?";
        var (scout, patient) = ($"interview-scout-{isTold}", $"interview-since-{isTold}");
        foreach (var name in new[] { scout, patient })
        {
            await server.RunAsync("report", "foot-drop", "-p", name);
            await server.RunAsync("report", "no:foot-drop", "-p", name);
            var amended = await server.RunAsync("amend", "-p", name, "--revision", "2", "--index", "0");
            Assert.Equal(ExitCode.Ok, amended.Code);
        }

        var all = await InterviewAsync(scout, string.Concat(Enumerable.Repeat("?\n", 400)));
        var before = all.Output[..all.Output.IndexOf(SinceWhen, StringComparison.Ordinal)].Split("] > ").Length - 1;

        var result = await InterviewAsync(
            patient, string.Concat(Enumerable.Repeat("?\n", before)) + $"soon\n{days}\nb\n");

        Assert.Equal(1, result.Output.Split(SinceWhen).Length - 1);
        Assert.Contains("Please answer a number of days, or ?.", result.Output, StringComparison.Ordinal);
        var events = await server.RunAsync("events", "-p", patient, "--json");
        var last = JsonDocument.Parse(events.Output).RootElement.GetProperty("events").EnumerateArray().Last()
            .GetProperty("observationsReported").GetProperty("observations")[0].GetProperty("observation");
        Assert.Equal(
            ("foot-drop", "PRESENCE_PRESENT"),
            (last.GetProperty("finding").GetString(), last.GetProperty("presence").GetString()));
        var observed = last.GetProperty("observedAt").GetDateTimeOffset();
        Assert.Equal(isTold, last.TryGetProperty("startedAt", out var started)
            && (observed.AddDays(-5) - started.GetDateTimeOffset()).Duration() < TimeSpan.FromHours(1));
    }

    /// <summary>An effusion of the knee is a swollen joint, whatever was answered: since when is still asked.</summary>
    [Theory]
    [InlineData("5", "PRESENCE_PRESENT")]
    [InlineData("?", "PRESENCE_UNKNOWN")]
    public async Task Interview_OfAFindingThatFollowsFromAnother_TakesItsBeginning(string days, string presence)
    {
        const string SinceWhen = "Since how many days?";
        var (scout, patient) = ($"interview-follows-scout-{presence}", $"interview-follows-{presence}");
        foreach (var name in new[] { scout, patient })
        {
            await server.RunAsync("report", "no:joint-swelling", "-p", name);
            await server.RunAsync("report", "knee-effusion", "-p", name);
        }

        var all = await InterviewAsync(scout, string.Concat(Enumerable.Repeat("?\n", 400)), "--clinician");
        var before = all.Output[..all.Output.IndexOf(SinceWhen, StringComparison.Ordinal)].Split("] > ").Length - 1;

        var result = await InterviewAsync(
            patient, string.Concat(Enumerable.Repeat("?\n", before)) + $"{days}\nb\n", "--clinician");

        Assert.Contains("Stopped; what was answered counts.", result.Output, StringComparison.Ordinal);
        var events = await server.RunAsync("events", "-p", patient, "--json");
        var last = JsonDocument.Parse(events.Output).RootElement.GetProperty("events").EnumerateArray().Last()
            .GetProperty("observationsReported").GetProperty("observations")[0].GetProperty("observation");
        Assert.Equal(
            ("joint-swelling", presence),
            (last.GetProperty("finding").GetString(), last.GetProperty("presence").GetString()));
        Assert.Equal(days != "?", last.TryGetProperty("startedAt", out _));
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

    /// <summary>Interviews in place: an empty line stands for no words of one's own.</summary>
    private Task<CliResult> InterviewAsync(string patient, string lines, params string[] options) => CliResult.OfAsync(
        ["interview", "--server", server.Address.ToString(), "-p", patient, .. options], input: "\n" + lines);
}
