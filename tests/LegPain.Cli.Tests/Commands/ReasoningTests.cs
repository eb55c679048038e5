using System.Text.Json;
using LegPain.Knowledge;
using LegPain.Server;
using LegPain.Tests;

namespace LegPain.Cli.Tests.Commands;

public sealed class ReasoningTests(ServerFixture server)
{
    private static readonly string Version = KnowledgePack.BuiltIn.Knowledge.Version;

    [Fact]
    public async Task Explain_OfAPatient_ShowsTheWayAndWhatWouldMoveIt()
    {
        await server.RunAsync("report", "-p", "explain", "loc-calf", "leg-swelling=one-calf", "calf-difference-cm=4");

        var result = await server.RunAsync("explain", "deep-vein-thrombosis", "--patient", "explain");

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        foreach (var expected in new[]
        {
            "revision 1", "must not be missed", "before anything is known", "prior: any(", "calf-difference-cm>=3",
            "Left out", "which is stronger", "Would move", "Sources", "Judgment",
        })
        {
            Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Explain_OfACauseThatIsClosed_SaysSo()
    {
        var result = await server.RunAsync("explain", "arthritis-juvenile", "--observation", "age=70");

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("closed: a factor of 0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_OfWhatIsSupposed_ShowsBothSidesAndWhatDiffers()
    {
        await server.RunAsync("report", "-p", "compare", "loc-calf", "fever");

        var result = await server.RunAsync(
            "compare", "--patient", "compare", "--what-if", "dark-urine", "unknown:fever");

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        foreach (var expected in new[]
        {
            "Before", "After", "[SAME-DAY]", "open -> raised", "Causes", "no longer: dark-urine",
        })
        {
            Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Compare_OfTwoRevisions_ShowsWhatCameBetween()
    {
        await server.RunAsync("report", "-p", "revisions", "loc-calf");
        await server.RunAsync("report", "-p", "revisions", "dark-urine");

        var result = await server.RunAsync("compare", "-p", "revisions", "--revision", "1", "--to-revision", "2");

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("revision 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("revision 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("open -> raised", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Knowledge_ThatIsLoadedBesides_CanBeAskedFor()
    {
        var folder = Directory.CreateTempSubdirectory("legpain-cli-packs-");
        try
        {
            OtherPack.WriteTo(Path.Combine(folder.FullName, "other"));
            await using var app = await ServerHost.BuildAsync(new()
            {
                Listen = new("http://127.0.0.1:0"),
                Data = Path.Combine(folder.FullName, "data"),
                KnowledgeAlso = [Path.Combine(folder.FullName, "other")],
                ConsoleLog = false,
            }, cancellationToken: TestContext.Current.CancellationToken);
            await app.StartAsync(TestContext.Current.CancellationToken);
            var address = new Uri(app.Urls.Single());
            await CliResult.OfAsync(["report", "-p", "x", OtherPack.Sign, "leg-swelling=one-calf"], address);

            var versions = await CliResult.OfAsync(["knowledge", "versions"], address);
            var assessment = await CliResult.OfAsync(
                ["assessment", "-p", "x", "--knowledge", OtherPack.Version], address);
            var compared = await CliResult.OfAsync(["compare", "-p", "x", "--knowledge", OtherPack.Version], address);

            Assert.Contains($"legpain {OtherPack.Version}, sha256 ", versions.Output, StringComparison.Ordinal);
            Assert.Contains(", in force", versions.Output, StringComparison.Ordinal);
            Assert.Contains($"knowledge {OtherPack.Version}", assessment.Output, StringComparison.Ordinal);
            Assert.Contains("SAME-DAY", assessment.Output, StringComparison.Ordinal);
            Assert.Contains("odds x", compared.Output, StringComparison.Ordinal);
            await app.StopAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("assessment -p explain-none --knowledge no-such", "KNOWLEDGE_NOT_LOADED", ExitCode.Refused)]
    [InlineData("explain no-such-cause -o fever", "KNOWLEDGE_NOT_FOUND", ExitCode.Refused)]
    [InlineData("explain sciatica", "subject.patient: MISSING", ExitCode.Invalid)]
    [InlineData("compare -o fever", "alternative: MISSING", ExitCode.Invalid)]
    [InlineData("compare -o fever --what-if pain-intensity=99", "alternative.observations[0].value", ExitCode.Invalid)]
    [InlineData("compare -o fever --what-if no:fever=1", "no:fever=1", ExitCode.Usage)]
    [InlineData("serve --knowledge-also /no/such/folder", "/no/such/folder", ExitCode.Usage)]
    internal async Task Reasoning_AboutWhatIsNotThere_IsRefused(string line, string expected, ExitCode code)
    {
        var result = await server.RunAsync(line.Split(' '));

        Assert.Equal(code, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_WithJson_WritesOneDocument()
    {
        string[] lines =
        [
            "explain sciatica -o loc-calf age=50 --json",
            "compare -o loc-calf --what-if fever --json",
            $"compare -o loc-calf --as-of 2026-01-01T00:00Z --knowledge {Version} --json",
            "knowledge versions --json",
        ];
        foreach (var line in lines)
        {
            var result = await server.RunAsync(line.Split(' '));

            Assert.True(result.Code == ExitCode.Ok, $"{line}: {result.Error}");
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(result.Output).RootElement.ValueKind);
        }
    }
}
