using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;
using Xunit;

namespace LegPain.Engine.Tests.Vignettes;

/// <summary>Worked patients written from the founding article, at least one for each of its causes.</summary>
public sealed class VignetteTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;

    public static TheoryData<string> Files => [.. Vignette.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Assess_AWorkedPatient_IsAsExpected(string file)
    {
        var vignette = Vignette.Read(file, Knowledge);

        Assert.Empty(ObservationCheck.Check(
            vignette.Observations, new string?[vignette.Observations.Count], Knowledge, Vignette.Now, bornAfter: null));
        var assessment = Assessor.Assess(vignette.ToCase(Knowledge));

        var raised = Knowledge.RedFlags.Where(rule => assessment.RedFlags[rule.Index] == Truth.True)
            .Select(rule => rule.Id).ToList();
        Assert.Empty(vignette.Raised.Except(raised));
        Assert.Empty(vignette.NotRaised.Intersect(raised));
        Assert.Contains(assessment.Disposition.Urgency, vignette.Urgencies);
        var leading = assessment.Ranking[..vignette.WithinTop].ToArray()
            .Select(ranked => ranked.Cause < 0 ? "something-else" : Knowledge.Causes[ranked.Cause].Id).ToList();
        Assert.True(leading.Intersect(vignette.Causes).Any(), $"The first are {string.Join(", ", leading)}.");
    }

    [Fact]
    public void Vignettes_CoverEveryCauseOfTheFoundingArticle()
    {
        var covered = Vignette.Files.SelectMany(file => Vignette.Read(file, Knowledge).Causes).ToHashSet();

        var missing = Knowledge.Causes.Where(cause => cause.SeedNumber is not null && !covered.Contains(cause.Id));

        Assert.Empty(missing.Select(cause => cause.Id));
    }
}
