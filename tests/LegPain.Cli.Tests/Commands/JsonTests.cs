using System.Text.Json;

namespace LegPain.Cli.Tests.Commands;

public sealed class JsonTests(ServerFixture server)
{
    [Fact]
    public async Task EveryCommand_WithJson_WritesOneDocument()
    {
        string[] lines =
        [
            "report -p json-patient loc-calf leg-swelling=one-calf --json",
            "amend -p json-patient --revision 1 --index 0 --json",
            "assessment -p json-patient --full --json",
            "assessment -p json-patient --revision 1 --json",
            "events -p json-patient --json",
            "assess fever --as-of 2026-01-01T00:00Z --json",
            "knowledge search calf --json",
            "knowledge parse no fever but chills --json",
            "knowledge show pulmonary-embolism --json",
            "knowledge lint --json",
        ];
        foreach (var line in lines)
        {
            var result = await server.RunAsync(line.Split(' '));

            Assert.True(result.Code == ExitCode.Ok, $"{line}: {result.Error}");
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(result.Output).RootElement.ValueKind);
        }
    }

    [Fact]
    public async Task KnowledgeShow_OfAnIdOfTwoKinds_HasBoth()
    {
        var result = await server.RunAsync("knowledge", "show", "pulmonary-embolism", "--json");

        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.True(root.TryGetProperty("cause", out _));
        Assert.True(root.TryGetProperty("redFlag", out _));
    }

    [Fact]
    public async Task Assess_InFrench_SpeaksFrench()
    {
        var result = await server.RunAsync("assess", "breathlessness", "--language", "fr");

        Assert.Contains("urgences", result.Output, StringComparison.Ordinal);
    }
}
