using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What holds of every single red flag of the built-in pack: no random case, each rule once.</summary>
public sealed class RedFlagLawTests
{
    private static readonly KnowledgeBase Knowledge = PackCases.Knowledge;

    public static TheoryData<string> RedFlags => [.. Knowledge.RedFlags.Select(rule => rule.Id)];

    [Fact]
    public void RedFlags_OfAPatientOfWhomNothingIsKnown_AreAllOpen()
    {
        var assessment = PackCases.Assess([]);

        Assert.Empty(Knowledge.RedFlags.Where(rule => assessment.RedFlags[rule.Index] != Truth.Unknown)
            .Select(rule => rule.Id));
        Assert.Equal(Urgency.Immediate, assessment.Disposition.Highest);
        Assert.True(assessment.Disposition.Urgency > Urgency.SelfCare);
    }

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void RedFlag_WithOneOfItsAnswersTakenBack_IsNotCleared(string id)
    {
        var rule = Rule(id);
        var report = Raising(rule);
        Assert.Equal(Truth.True, State(rule, report));

        Assert.All(report.Select(observation => observation.Finding).Distinct(), finding =>
            Assert.NotEqual(Truth.False, State(rule, report.Where(observation => observation.Finding != finding))));
    }

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void RedFlag_Raised_IsNotMaskedByHarmlessAnswersToEverythingElse(string id)
    {
        var rule = Rule(id);
        var report = Raising(rule);
        var known = report.Select(observation => observation.Finding)
            .Concat(rule.Exceptions.Select(finding => finding.Id)).ToHashSet();

        var assessment = PackCases.Assess(
            report.Concat(PackCases.Benign.Where(observation => !known.Contains(observation.Finding))));

        Assert.Equal(Truth.True, assessment.RedFlags[rule.Index]);
        Assert.True(assessment.Disposition.Urgency >= rule.Urgency);
    }

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void RedFlag_NotAskedAbout_KeepsTheIntervalOpenUpToItsUrgency(string id)
    {
        var rule = Rule(id);
        var asked = Asked(rule.When).ToHashSet();

        var assessment = PackCases.Assess(
            PackCases.Benign.Where(observation => !asked.Contains(observation.Finding)));

        Assert.Equal(Truth.Unknown, assessment.RedFlags[rule.Index]);
        Assert.True(assessment.Disposition.Highest >= rule.Urgency);
        Assert.True(assessment.Disposition.Urgency > Urgency.SelfCare);
        Assert.False(assessment.Disposition.IsComplete && assessment.Disposition.Highest < rule.Urgency);
    }

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void RedFlag_Raised_ComesWithTheSafetyNetOfItsUrgencyAndOfNoOther(string id)
    {
        var assessment = PackCases.Assess(Raising(Rule(id)));

        var advice = Guidance.Advice(assessment);

        Assert.Contains(assessment.Disposition.Urgency, advice[0].Urgencies);
        Assert.DoesNotContain(
            advice, entry => entry.Causes.Count == 0 && !entry.Urgencies.Contains(assessment.Disposition.Urgency));
    }

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void RedFlag_Raised_GivesNoHomeCareToWhoMustGoAndNoAdviceAgainstAnother(string id) =>
        AdviceTexts.AssertSound(PackCases.Assess(Raising(Rule(id))));

    [Fact]
    public void Questions_AnsweredHarmlessly_ClearEveryRedFlagInAsManyTurnsAsTheyAskFindings()
    {
        var turnsMax = Knowledge.RedFlags.SelectMany(rule => Asked(rule.When)).Distinct().Count();
        var report = new List<Observation>();
        var turns = 0;
        while (Guidance.Questions(PackCases.Assess(report), 1, out _) is
            [{ Reason: not QuestionReason.LikelyCause } next])
        {
            Assert.True(++turns <= turnsMax, $"Still asking after {turnsMax} turns: {next.Finding.Id}.");
            report.AddRange(PackCases.Benign.Where(observation => observation.Finding == next.Finding.Id));
        }

        var flags = PackCases.Assess(report).RedFlags.ToArray();
        Assert.Empty(Knowledge.RedFlags.Where(rule => flags[rule.Index] != Truth.False).Select(rule => rule.Id));
    }

    private static RedFlag Rule(string id) => Knowledge.RedFlags.Single(rule => rule.Id == id);

    private static Truth State(RedFlag rule, IEnumerable<Observation> report) =>
        PackCases.Assess(report).RedFlags[rule.Index];

    /// <summary>The findings a condition asks about, those of its scores included, by id.</summary>
    private static IEnumerable<string> Asked(Condition condition) => condition.SelfAndParts().SelectMany(part =>
        part.Finding is { } finding ? [finding.Id]
        : part.Score is { } score ? Knowledge.Scores[score].Items.SelectMany(item => Asked(item.When))
        : (IEnumerable<string>)[]);

    /// <summary>A report that raises the rule and says nothing more.</summary>
    private static List<Observation> Raising(RedFlag rule)
    {
        var report = new List<Observation>();
        foreach (var answer in Reachability.FindWitness(Knowledge, rule)!.Answers)
        {
            var finding = Knowledge.Findings[answer.Finding];
            var said = new Observation(
                finding.Id, answer.Presence,
                finding.Kind == FindingKind.Number ? answer.Number : null,
                answer.Presence == Presence.Present
                    ? [.. finding.Options.Where((_, at) => ((answer.Options >> at) & 1) == 1)] : [],
                PackCases.Now,
                double.IsNaN(answer.DaysSinceStart) ? null : PackCases.Now.AddDays(-answer.DaysSinceStart));
            report.AddRange(rule.When.SelfAndParts()
                .Where(part => part.Finding == finding && ConditionForm.Of(part).Kind == ConditionKind.Worsening)
                .Select(part => said with
                {
                    Number = finding.WorseWhenLower ? finding.Maximum : finding.Minimum,
                    ObservedAt = PackCases.Now.AddDays(-ConditionForm.Of(part).Count / 2.0),
                }));
            report.Add(said);
        }

        return report;
    }
}
