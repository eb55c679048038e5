using System.Text.Json;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Commands;

public sealed class KnowledgeLintTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lint_OfTheBuiltInPack_CountsWhatItHolds()
    {
        var result = await CliResult.OfAsync(["knowledge", "lint"]);

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains(
            $"{KnowledgePack.BuiltIn.Knowledge.Findings.Count} findings", result.Output, StringComparison.Ordinal);
        Assert.Contains(KnowledgePack.BuiltIn.Knowledge.Version, result.Output, StringComparison.Ordinal);
        Assert.Contains(KnowledgePack.BuiltIn.Knowledge.Hash, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_OfAGoodFolder_IsOk()
    {
        Unpack();

        Assert.Equal(ExitCode.Ok, (await CliResult.OfAsync(["knowledge", "lint", _folder])).Code);
    }

    [Fact]
    public async Task Lint_OfABrokenFolder_NamesEveryFaultWithItsPlace()
    {
        Unpack();
        var first = Path.Combine(_folder, "causes", "muscle-cramp.yaml");
        var second = Path.Combine(_folder, "scores", "wells-dvt.yaml");
        File.AppendAllText(first, "nonsense: 1\n");
        File.WriteAllText(
            second, File.ReadAllText(second)
                .Replace("when: cancer-active", "when: cancer-aktive", StringComparison.Ordinal));

        var result = await CliResult.OfAsync(["knowledge", "lint", _folder]);
        var json = await CliResult.OfAsync(["knowledge", "lint", _folder, "--json"]);

        Assert.Equal((ExitCode.Refused, ExitCode.Refused), (result.Code, json.Code));
        Assert.Contains($"{first}:", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"wells-dvt\.yaml:\d+: KB\d{3} .*cancer-aktive", result.Output);
        Assert.Contains("fault(s)", result.Error, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(json.Output).RootElement.GetProperty("faults").GetArrayLength() >= 2);
    }

    [Fact]
    public async Task Serve_WithABrokenPack_NamesTheFaultsAndDoesNotStart()
    {
        var data = Path.Combine(_folder, "data");
        var result = await CliResult.OfAsync(
            ["serve", "--listen", "http://127.0.0.1:0", "--knowledge", _folder, "--data", data]);

        Assert.Equal(ExitCode.Refused, result.Code);
        Assert.Contains("pack.yaml:1: KB002", result.Error, StringComparison.Ordinal);
    }

    private void Unpack()
    {
        foreach (var file in PackFile.BuiltIn())
        {
            var path = Path.Combine(_folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
        }
    }
}
