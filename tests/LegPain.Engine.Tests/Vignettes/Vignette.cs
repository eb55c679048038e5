using System.Globalization;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using YamlDotNet.RepresentationModel;

namespace LegPain.Engine.Tests.Vignettes;

/// <summary>
/// A worked patient: what was observed, and what the assessment must say. The format is that of the files beside it.
/// </summary>
internal sealed record Vignette(
    string Id,
    string Source,
    IReadOnlyList<Observation> Observations,
    IReadOnlyList<string> Causes,
    int WithinTop,
    IReadOnlyList<Urgency> Urgencies,
    IReadOnlyList<string> Raised,
    IReadOnlyList<string> NotRaised)
{
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vignettes"), "*.yaml")
            .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static Vignette Read(string file, KnowledgeBase knowledge)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(AppContext.BaseDirectory, "Vignettes", file));
        stream.Load(reader);
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var expect = (YamlMappingNode)root["expect"];
        return new(
            Text(root, "id"),
            Text(root, "source"),
            [.. ((YamlSequenceNode)root["observations"]).Children.Cast<YamlMappingNode>()
                .Select(node => Observe(node, knowledge))],
            Texts(expect, "causes"),
            int.Parse(Text(expect, "within_top"), CultureInfo.InvariantCulture),
            [.. Texts(expect, "urgency").Select(word =>
                Enum.Parse<Urgency>(word.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true))],
            Texts(expect, "raised"),
            Texts(expect, "not_raised"));
    }

    public ClinicalCase ToCase(KnowledgeBase knowledge) =>
        ClinicalCase.Build(knowledge, ClinicalCase.Group(Observations), Now);

    private static Observation Observe(YamlMappingNode node, KnowledgeBase knowledge)
    {
        var id = Text(node, "finding");
        var finding = knowledge.FindFinding(id) ?? throw new InvalidOperationException($"Unknown finding '{id}'.");
        var presence = node.Children.ContainsKey("presence")
            ? Enum.Parse<Presence>(Text(node, "presence"), ignoreCase: true)
            : Presence.Present;
        var values = node.Children.ContainsKey("value") ? Texts(node, "value") : [];
        var started = node.Children.ContainsKey("started_days_ago")
            ? Now.AddDays(-double.Parse(Text(node, "started_days_ago"), CultureInfo.InvariantCulture))
            : (DateTimeOffset?)null;
        return finding.Kind == FindingKind.Number
            ? new(id, presence, double.Parse(values[0], CultureInfo.InvariantCulture), [], Now, started)
            : new(id, presence, null, values, Now, started);
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static IReadOnlyList<string> Texts(YamlMappingNode node, string key) =>
        !node.Children.TryGetValue(key, out var value)
        ? []
        : value is YamlSequenceNode sequence
            ? [.. sequence.Children.Cast<YamlScalarNode>().Select(child => child.Value!)]
            : [((YamlScalarNode)value).Value!];
}
