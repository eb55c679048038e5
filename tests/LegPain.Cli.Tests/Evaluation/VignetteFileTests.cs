using LegPain.Cli.Evaluation;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class VignetteFileTests : IDisposable
{
    private const string Good =
        """
        {"id": "a", "source": "s", "source_type": "t", "borderline": true, "gold": {"group": "g",
         "causes": ["sciatica"], "urgency": "same-day", "urgency_acceptable": ["same-day", "self-care"],
         "urgency_reason": "r"},
         "observations": [{"finding": "age", "presence": "present", "value": 60, "unit": "years", "kind": "x"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_OfALine_HasEveryField()
    {
        var vignette = Assert.Single(VignetteFile.Read(Write(Good, "", " ")));

        Assert.Equal(("a", "s", "t", true), (vignette.Id, vignette.Source, vignette.SourceType, vignette.Borderline));
        var gold = vignette.Gold;
        Assert.Equal(("g", Urgency.SameDay, "r"), (gold.Group, gold.Urgency, gold.UrgencyReason));
        Assert.Equal(["sciatica"], gold.Causes);
        Assert.Equal([Urgency.SameDay, Urgency.SelfCare], gold.UrgencyAcceptable);
        var row = Assert.Single(vignette.Observations);
        Assert.Equal(("age", Presence.Present, "years"), (row.Finding, row.Presence, row.Unit));
        Assert.Equal(60, row.Value!.Value.GetInt32());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"same-day\"", "\"tomorrow\"")]
    [InlineData("\"present\"", "\"perhaps\"")]
    [InlineData("\"present\"", "1")]
    [InlineData("[\"sciatica\"]", "[]")]
    [InlineData("\"source\": \"s\", ", "")]
    [InlineData("\"id\": \"a\"", "\"id\": \"a\", \"id\": \"b\"")]
    [InlineData("\"id\": \"a\"", "\"id\": null")]
    public void Read_OfAFaultyLine_NamesIt(string text, string? instead = null)
    {
        var line = instead is null ? text : Line(Good).Replace(text, instead, StringComparison.Ordinal);
        var path = Write("", Good, line);

        var exception = Assert.Throws<VignetteFileException>(() => VignetteFile.Read(path));

        var fault = Assert.Single(exception.Faults.DistinctBy(fault => fault.Line));
        Assert.Equal(3, fault.Line);
        Assert.StartsWith($"{path}:3: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAWordThatIsNoUrgency_NamesTheField()
    {
        var path = Write(Line(Good).Replace("\"same-day\",", "\"tomorrow\",", StringComparison.Ordinal));

        var exception = Assert.Throws<VignetteFileException>(() => VignetteFile.Read(path));

        Assert.StartsWith("gold.urgency: ", Assert.Single(exception.Faults).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfTwoFaultyLines_NamesBoth()
    {
        var exception = Assert.Throws<VignetteFileException>(() => VignetteFile.Read(Write("{", Good, "}")));

        Assert.Equal([1, 3], exception.Faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Read_OfAnIdTwice_NamesTheSecond()
    {
        var exception = Assert.Throws<VignetteFileException>(() => VignetteFile.Read(Write(Good, Good)));

        Assert.Equal(new(2, "'a' is the id of line 1 too."), Assert.Single(exception.Faults));
    }

    [Fact]
    public void Read_OfNoVignette_IsAFault() =>
        Assert.Throws<VignetteFileException>(() => VignetteFile.Read(Write("")));

    private static string Line(string text) => text.ReplaceLineEndings(string.Empty);

    private string Write(params string[] lines)
    {
        var path = Path.Combine(_folder, "vignettes.jsonl");
        File.WriteAllLines(path, lines.Select(Line));
        return path;
    }
}
