using System.Text.RegularExpressions;
using Xunit;

namespace LegPain.Conventions.Tests;

/// <summary>The hazard log: every hazard has a control, and every test it names exists.</summary>
/// <remarks>That the tests pass is for the run they are part of. Links are held by <see cref="TidyTests"/>.</remarks>
public sealed partial class SafetyFileTests
{
    private const string Folder = "src/LegPain.Knowledge/safety";
    private const string OpenRisk = "open risk: ";

    private static readonly string[] Severities = ["catastrophic", "major", "moderate", "minor"];

    private static readonly string[] Log = File.ReadAllLines(Path.Combine(Repository.Root, Folder, "hazards.md"));

    [Fact]
    public void Hazards_AreNumberedWithoutAGapAndWhole()
    {
        var hazards = Rows("## Hazards");

        Assert.NotEmpty(hazards);
        Assert.Equal(
            Enumerable.Range(1, hazards.Count).Select(number => $"H{number:00}"), hazards.Select(row => row[0]));
        Assert.All(hazards, row => Assert.All(row, cell => Assert.NotEmpty(cell)));
        Assert.All(hazards, row => Assert.Contains(row[4], Severities));
    }

    [Fact]
    public void EveryHazard_HasAControl_AndEveryControlAHazard() =>
        Assert.Equal(Rows("## Hazards").Select(row => row[0]), Rows("## Controls").Select(row => row[0]).Distinct());

    [Fact]
    public void CatastrophicHazards_HaveMoreThanOpenRisks() =>
        Assert.DoesNotContain(
            Rows("## Hazards").Where(row => row[4] == Severities[0]),
            hazard => Rows("## Controls").Where(row => row[0] == hazard[0])
                .All(row => row[2].StartsWith(OpenRisk, StringComparison.Ordinal)));

    [Fact]
    public void Controls_NameTestsThatExistOrSayWhyThereIsNone() =>
        Assert.Empty(Rows("## Controls")
            .SelectMany(row => Faults(row[2]).Select(fault => $"{row[0]} {row[1]}: {fault}")));

    [Fact]
    public void TestsNamedInTheSafetyFile_Exist() =>
        Assert.Empty(
            from file in Repository.Files(".md", Folder)
            from line in file.Lines
            from Match name in TestName().Matches(line)
            where Missing(name) is not null
            select $"{file.Path}: {Missing(name)}");

    /// <summary>The rows of the table below a heading, as trimmed cells.</summary>
    private static List<string[]> Rows(string heading) =>
    [
        .. Log.SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    private static IEnumerable<string> Faults(string shownBy)
    {
        if (shownBy.StartsWith(OpenRisk, StringComparison.Ordinal))
        {
            return shownBy.Length > OpenRisk.Length + 10 ? [] : ["an open risk without a reason"];
        }

        var names = TestName().Matches(shownBy);
        var others = TestName().Replace(shownBy, string.Empty).Trim(',', ' ');
        return
        [
            .. names.Count == 0 ? ["no test and no open risk"] : Array.Empty<string>(),
            .. others.Length > 0 ? [$"'{others}' is no test"] : Array.Empty<string>(),
            .. names.Select(Missing).OfType<string>(),
        ];
    }

    /// <summary>Says what is missing of a test's name, or returns null.</summary>
    private static string? Missing(Match name)
    {
        var path = Path.Combine(Repository.Root, name.Groups[1].Value);
        if (!File.Exists(path))
        {
            return $"no file {name.Groups[1].Value}";
        }

        var lines = File.ReadAllLines(path);
        var at = Array.FindIndex(lines, line =>
            line.Contains($" {name.Groups[2].Value}(", StringComparison.Ordinal)
            && line.TrimStart().StartsWith("public ", StringComparison.Ordinal));
        return at < 0 || !lines[..at].Reverse().TakeWhile(line => line.Trim().Length > 0)
            .Any(line => TestAttribute().IsMatch(line))
            ? $"no test {name.Groups[2].Value} in {name.Groups[1].Value}"
            : null;
    }

    [GeneratedRegex(@"`(tests/[^`#]+\.cs)#(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\s*\[(Fact|Theory)\b")]
    private static partial Regex TestAttribute();
}
