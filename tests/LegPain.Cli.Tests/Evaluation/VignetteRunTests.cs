using LegPain.Cli.Evaluation;
using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class VignetteRunTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;

    private static readonly IReadOnlyList<Outcome> All =
    [
        .. VignetteFile.Read(Path.Combine(AppContext.BaseDirectory, "vignettes", "dev.jsonl"))
            .Select(vignette => VignetteRun.Assess(vignette, Knowledge)),
    ];

    [Fact]
    public void Assess_ListsCausesOnly_AndSomethingElseHasTheRest() =>
        Assert.All(All, outcome =>
        {
            Assert.Empty(outcome.Listed.Select(cause => cause.Id).Except(Knowledge.Causes.Select(cause => cause.Id)));
            Assert.Equal(1 - outcome.SomethingElse, outcome.Listed.Sum(cause => cause.Probability), 1e-4);
            Assert.True(outcome.Listed.Zip(outcome.Listed.Skip(1)).All(
                pair => pair.First.Probability >= pair.Second.Probability));
        });

    [Fact]
    public void Assess_NamesTheRulesThatDecided_AndTheirGrounds() =>
        Assert.All(All.Where(outcome => outcome.Decision.IsRedFlag), outcome =>
        {
            Assert.NotEmpty(outcome.Decision.Grounds);
            Assert.All(outcome.Decision.By, id => Assert.Equal(
                outcome.Urgency, Knowledge.RedFlags.Single(rule => rule.Id == id).Urgency));
        });

    [Fact]
    public void Assess_AccountsForEveryRightCauseItKnows_AndForTheLeadingOne() =>
        Assert.All(All, outcome =>
        {
            Assert.Equal(
                outcome.Vignette.Gold.Causes.Except(outcome.UnknownCauses).Append(outcome.Listed[0].Id).Distinct(),
                outcome.Accounts.Select(account => account.Cause));
            Assert.Equal(
                outcome.Rank, outcome.Accounts.Where(account => outcome.Vignette.Gold.Causes.Contains(account.Cause))
                    .Min(account => account.Rank));
        });

    [Fact]
    public void Assess_WithFewContributions_AddsUpToTheTotal()
    {
        var whole = All.SelectMany(outcome => outcome.Accounts)
            .Where(account => account.Rank is not null && account.For.Count < 5 && account.Against.Count < 5).ToList();

        Assert.NotEmpty(whole);
        Assert.All(whole, account => Assert.Equal(
            account.Total!.Value,
            account.Prior!.Value + account.For.Concat(account.Against).Sum(part => part.Weight), 1e-9));
    }

    [Fact]
    public void Each_Vignette_GivesOneResultInOrderAndIsCounted()
    {
        var done = 0;
        var vignettes = All.Take(3).Select(outcome => outcome.Vignette).ToList();

        var ids = VignetteRun.Each(vignettes, one => one.Id, () => done++, CancellationToken.None);

        Assert.Equal(vignettes.Select(vignette => vignette.Id), ids);
        Assert.Equal(3, done);
    }

    [Fact]
    public void Each_WhenCancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() => VignetteRun.Each(
            [All[0].Vignette], one => one, null, new CancellationToken(canceled: true)));
}
