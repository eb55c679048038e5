using System.Text.RegularExpressions;
using Xunit;

namespace LegPain.Conventions.Tests;

/// <summary>Checks of the text of the repository itself. A limit is raised by a commit that says why.</summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 600;
    private const int LineColumnsMax = 120;

    [Fact]
    public void NoSourceFile_IsLongerThanTheLimit() =>
        Assert.Empty(Repository.Files(".cs", "src", "tests").Where(file => file.Lines.Length > FileLinesMax)
            .Select(file => $"{file.Path}: {file.Lines.Length}"));

    [Fact]
    public void NoSourceLine_IsWiderThanTheLimit() =>
        Assert.Empty(
            from file in Repository.Files(".cs", "src", "tests")
            from line in file.Lines.Index()
            where line.Item.Length > LineColumnsMax
            select $"{file.Path}:{line.Index + 1}");

    [Fact]
    public void NoGrain_IsReentrant() =>
        Assert.DoesNotContain(Repository.Files(".cs", "src"), file => file.Lines.Any(line => line.Contains("[Reentrant]", StringComparison.Ordinal)));

    [Fact]
    public void Documents_StandInTheRoomTheyDescribe() =>
        Assert.Empty(Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name[0] != '.' && !TopLevel.Contains(name)));

    [Fact]
    public void Decisions_HaveTheShapeOfTheTemplate()
    {
        string[] sections = ["## Context", "## Options", "## Decision", "## Consequences", "## We would look again if"];

        var decisions = Repository.Files(".md", "src/decisions").Where(file => Path.GetFileName(file.Path) != "README.md").ToList();

        Assert.NotEmpty(decisions);
        Assert.Empty(decisions.Where(file => !DecisionTitle().IsMatch(file.Lines[0])).Select(file => file.Path));
        Assert.Empty(
            from file in decisions
            from section in sections
            where !file.Lines.Contains(section)
            select $"{file.Path} lacks '{section}'");
    }

    [Fact]
    public void LinksBetweenDocuments_LeadSomewhere() =>
        Assert.Empty(
            from file in Repository.Files(".md", "src", "tests", "protos", "deploy").Append(("README.md", File.ReadAllLines(Path.Combine(Repository.Root, "README.md"))))
            from line in file.Item2
            from Match link in RelativeLink().Matches(line)
            let target = Path.Combine(Repository.Root, Path.GetDirectoryName(file.Item1)!, link.Groups[1].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{file.Item1}: {link.Groups[1].Value}");

    private static readonly HashSet<string> TopLevel =
    [
        "src", "protos", "tests", "deploy", "LegPain.sln", "README.md", "global.json", "buf.yaml", "BannedSymbols.txt",
        "Directory.Build.props", "Directory.Packages.props", "artifacts", "legpain-data",
    ];

    [GeneratedRegex(@"^# \d{4}\. \S")]
    private static partial Regex DecisionTitle();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}
