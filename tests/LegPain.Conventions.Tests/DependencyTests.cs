using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace LegPain.Conventions.Tests;

/// <summary>Who may know whom. The table is the rule: change it in the same commit as the ADR that allows it.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["LegPain.Engine"] = [],
        ["LegPain.Journal"] = [],
        ["LegPain.Protocol"] = [],
        ["LegPain.Knowledge"] = ["LegPain.Engine"],
        ["LegPain.Grains"] = ["LegPain.Engine", "LegPain.Journal", "LegPain.Protocol"],
        ["LegPain.Server"] =
        [
            "LegPain.Engine", "LegPain.Knowledge", "LegPain.Journal", "LegPain.Grains", "LegPain.Protocol",
        ],
        ["LegPain.Client"] = ["LegPain.Protocol"],
        ["legpain"] =
        [
            "LegPain.Client", "LegPain.Engine", "LegPain.Journal", "LegPain.Knowledge", "LegPain.Protocol",
            "LegPain.Server",
        ],
    };

    [Fact]
    public void EveryProject_ReferencesOnlyWhatTheTableAllows()
    {
        var found = Allowed.Keys
            .SelectMany(name => Assembly.Load(name).GetReferencedAssemblies(), (name, used) => (name, used: used.Name!))
            .Where(edge => edge.used.StartsWith("LegPain.", StringComparison.Ordinal))
            .Where(edge => !Allowed[edge.name].Contains(edge.used))
            .Select(edge => $"{edge.name} -> {edge.used}");

        Assert.Empty(found);
    }

    [Fact]
    public void EveryProject_IsInTheTable()
    {
        var projects = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "LegPain.*")
            .Select(path => Path.GetFileName(path)!).Select(name => name == "LegPain.Cli" ? "legpain" : name);

        Assert.Empty(projects.Except(Allowed.Keys));
    }

    [Fact]
    public void Robustness_SharesNoCodeWithTheServer()
    {
        var project = Path.Combine(Repository.Root, "tests/LegPain.Robustness/LegPain.Robustness.csproj");
        var referenced = XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileName((string?)reference.Attribute("Include")));

        Assert.Equal(["LegPain.Client.csproj"], referenced);
    }

    [Fact]
    public void Engine_ReferencesNothingButTheRuntime() =>
        Assert.All(
            Assembly.Load("LegPain.Engine").GetReferencedAssemblies(),
            used => Assert.StartsWith("System.", used.Name, StringComparison.Ordinal));

    [Fact]
    public void Grains_UseTheJournalsProtosOnly()
    {
        var used = Repository.Files(".cs", "src/LegPain.Grains")
            .Where(file => file.Lines.Any(line => line.Contains("LegPain.Protocol.", StringComparison.Ordinal)
                && !line.Contains("LegPain.Protocol.Journal.", StringComparison.Ordinal)));

        Assert.Empty(used.Select(file => file.Path));
    }
}
