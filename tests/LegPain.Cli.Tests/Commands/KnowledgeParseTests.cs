namespace LegPain.Cli.Tests.Commands;

public sealed class KnowledgeParseTests(ServerFixture server)
{
    [Fact]
    public async Task Parse_OfASentence_MarksTheWordsOfEachFinding()
    {
        var result = await server.RunAsync(
            "knowledge", "parse", "for about three weeks my left calf is swollen, no fever, pain 7/10");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("symptom-duration=21", result.Output, StringComparison.Ordinal);
        Assert.Contains("(uncertain)", result.Output, StringComparison.Ordinal);
        Assert.Contains("[calf is swollen]", result.Output, StringComparison.Ordinal);
        Assert.Contains("no [fever]", result.Output, StringComparison.Ordinal);
        Assert.Contains("[7/10]", result.Output, StringComparison.Ordinal);
        Assert.Contains("dvt-suspected", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parse_InFrench_ReadsFrench()
    {
        var result = await server.RunAsync("knowledge", "parse", "--language", "fr", "ni fièvre ni frissons");

        Assert.Contains("no:fever", result.Output, StringComparison.Ordinal);
        Assert.Contains("no:rigors", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Raises", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parse_OfTooLongAText_IsInvalid()
    {
        var result = await server.RunAsync("knowledge", "parse", new string('a', 2001));

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.DoesNotContain("aaaa", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parse_OfWordsThatNameNothing_SaysSo()
    {
        var result = await server.RunAsync("knowledge", "parse", "hello there");

        Assert.Contains("Nothing was understood.", result.Output, StringComparison.Ordinal);
    }
}
