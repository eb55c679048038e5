using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Knowledge.Tests;

/// <summary>What the built-in pack makes of answers that were once misread.</summary>
public sealed class PackReasoningTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;

    [Fact]
    public void ClaudicationDistance_ThatIsAbsent_IsNoClaudication()
    {
        var silent = Assess(Present("pain-worsening-steadily"));
        var denied = Assess(Present("pain-worsening-steadily"), Absent("claudication-distance"));

        Assert.NotEqual(Truth.True, denied.RedFlags[RedFlag("claudication-severe")]);
        Assert.Equal(Odds(silent, "peripheral-artery-disease"), Odds(denied, "peripheral-artery-disease"));
        Assert.Equal(0, denied.Scores[Score("fontaine")].Lowest);
    }

    [Fact]
    public void ClaudicationDistance_OfALongWalk_IsClaudicationAndSevereWhenItWorsens()
    {
        var told = Assess(Present("pain-worsening-steadily"), Present("claudication-distance", 800));

        Assert.Equal(Truth.True, told.RedFlags[RedFlag("claudication-severe")]);
        Assert.Equal(2, told.Scores[Score("fontaine")].Lowest);
    }

    private static double Odds(Assessment assessment, string cause)
    {
        foreach (ref readonly var ranked in assessment.Ranking)
        {
            if (ranked.Cause != RankedCause.SomethingElse && Knowledge.Causes[ranked.Cause].Id == cause)
            {
                return ranked.TotalMicroNats;
            }
        }

        throw new InvalidOperationException($"'{cause}' is not ranked.");
    }

    private static int RedFlag(string id) => Knowledge.RedFlags.Single(rule => rule.Id == id).Index;

    private static int Score(string id) => Knowledge.Scores.Single(score => score.Id == id).Index;

    private static Observation Present(string finding, double? number = null) =>
        new(finding, Presence.Present, number, [], Now);

    private static Observation Absent(string finding) => new(finding, Presence.Absent, null, [], Now);

    private static Assessment Assess(params IEnumerable<Observation> report) =>
        Assessor.Assess(ClinicalCase.Build(Knowledge, ClinicalCase.Group(report), Now));
}
