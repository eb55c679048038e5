using System.Text.Json;
using LegPain.Cli.Evaluation;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class VignetteReaderTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Finding Boolean = Knowledge.Findings.First(f => f.Kind == FindingKind.Boolean);
    private static readonly Finding Choice = Knowledge.Findings.First(
        f => f.Kind == FindingKind.Choice && f.Options.Count > 1);

    private static readonly Finding Choices = Knowledge.Findings.First(
        f => f.Kind == FindingKind.Choices && f.Options.Count > 2);

    private static readonly Finding Number = Knowledge.Model.AgeFinding;

    [Theory]
    [InlineData("null", Presence.Present, Presence.Present)]
    [InlineData("true", Presence.Present, Presence.Present)]
    [InlineData("\"Yes\"", Presence.Present, Presence.Present)]
    [InlineData("false", Presence.Present, Presence.Absent)]
    [InlineData("\"no\"", Presence.Present, Presence.Absent)]
    [InlineData("false", Presence.Absent, Presence.Absent)]
    [InlineData("null", Presence.Unknown, Presence.Unknown)]
    public void Read_OfAYesOrNo_IsPresence(string value, Presence presence, Presence expected) =>
        Assert.Equal(expected, Understood(Row(Boolean, value, presence)).Presence);

    [Theory]
    [InlineData("60")]
    [InlineData("\"60\"")]
    [InlineData("6e1")]
    public void Read_OfANumber_IsTheNumber(string value) =>
        Assert.Equal(60, Understood(Row(Number, value) with { Unit = Number.Unit }).Number);

    [Fact]
    public void Read_OfOptionsInText_SplitsThem()
    {
        var (first, second) = (Choices.Options[0], Choices.Options[1]);

        string[] texts = [$"\"{first},{second}\"", $"\"{first} ; {second};\"", $"[\"{first}\",\"{second}\"]"];
        foreach (var text in texts)
        {
            Assert.Equal([first, second], Understood(Row(Choices, text)).Options);
        }
    }

    [Fact]
    public void Read_OfSeveralRowsOfASet_IsOneSet()
    {
        var options = Choices.Options.Take(3).ToList();

        var observation = Understood([.. options.Append(options[0]).Select(o => Row(Choices, $"\"{o}\""))]);

        Assert.Equal(options, observation.Options);
    }

    [Fact]
    public void Read_OfSeveralRowsOfOneChoice_KeepsTheLast()
    {
        var (observations, leftOut) = VignetteReader.Read(
            [Row(Choice, $"\"{Choice.Options[1]}\""), Row(Choice, $"\"{Choice.Options[0]}\"")], Knowledge, At);

        Assert.Equal([Choice.Options[0]], Assert.Single(observations).Options);
        Assert.Equal(Choice.Id, Assert.Single(leftOut).Finding);
    }

    [Fact]
    public void Read_OfTheSameRowTwice_IsOneObservation() =>
        Understood(Row(Boolean, "null"), Row(Boolean, "null"));

    [Fact]
    public void Read_OfWhatMakesNoSense_LeavesItOutAndSaysSo()
    {
        VignetteRow[] rows =
        [
            new("no-such-finding", Presence.Present),
            Row(Choice, "\"no-such-option\""),
            Row(Choice, "3"),
            Row(Choice, "null"),
            Row(Number, "100000"),
            Row(Number, "\"sixty\""),
            Row(Number, "60") with { Unit = "furlongs" },
            Row(Number, "true"),
            Row(Boolean, "7"),
            Row(Boolean, "\"severe\""),
            Row(Boolean, "{}"),
        ];

        foreach (var row in rows)
        {
            var (observations, leftOut) = VignetteReader.Read(
                [row, Row(Choices, "null", Presence.Absent)], Knowledge, At);

            Assert.Equal(Choices.Id, Assert.Single(observations).Finding);
            Assert.Equal(row.Finding, Assert.Single(leftOut).Finding);
            Assert.NotEmpty(leftOut[0].Reason);
        }
    }

    private static VignetteRow Row(Finding finding, string value, Presence presence = Presence.Present) =>
        new(finding.Id, presence, JsonSerializer.Deserialize<JsonElement?>(value));

    private static Observation Understood(params VignetteRow[] rows)
    {
        var (observations, leftOut) = VignetteReader.Read(rows, Knowledge, At);
        Assert.Empty(leftOut);
        return Assert.Single(observations);
    }
}
