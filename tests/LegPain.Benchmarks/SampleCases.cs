using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Benchmarks;

/// <summary>Cases of four sizes, made from the pack itself.</summary>
internal static class SampleCases
{
    private const int FirstReport = 8;
    private const int Vignette = 20;
    private const int Interview = 60;

    public static IEnumerable<Observation> Of(string known, KnowledgeBase knowledge, DateTimeOffset at)
    {
        var findings = known switch
        {
            "first-report" => Spread(knowledge, FirstReport),
            "vignette" => Spread(knowledge, Vignette),
            "interview" => Spread(knowledge, Interview),
            _ => knowledge.Findings,
        };
        return findings.Select((finding, i) => Observe(finding, i, at));
    }

    /// <summary>One observation: absent, the first option, or the middle of the range.</summary>
    public static Observation Observe(Finding finding, int salt, DateTimeOffset at) => finding.Kind switch
    {
        FindingKind.Boolean => new(finding.Id, salt % 3 == 0 ? Presence.Present : Presence.Absent, null, [], at),
        FindingKind.Number => new(finding.Id, Presence.Present, (finding.Minimum + finding.Maximum) / 2, [], at),
        _ => new(finding.Id, Presence.Present, null, [finding.Options[salt % finding.Options.Count]], at),
    };

    private static IEnumerable<Finding> Spread(KnowledgeBase knowledge, int count) =>
        Enumerable.Range(0, count).Select(i => knowledge.Findings[i * knowledge.Findings.Count / count]);
}
