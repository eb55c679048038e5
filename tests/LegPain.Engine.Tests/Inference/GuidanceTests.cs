using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What follows from an assessment: questions, examinations and advice.</summary>
public sealed class GuidanceTests
{
    private static readonly KnowledgeBase Small = new SmallKnowledge()
        .Cause("likely", 0.3, new("e", 2, 0.5), new("a", 2, 0.5)).Cause("rare", 0.001, new Row("f", 2, 0.5))
        .RedFlag("all(a, b)").RedFlag("any(b, g)", Urgency.Soon, hours: 48, suspect: 1)
        .Examine("x-ray", cause: 0, "n").Examine("biopsy", cause: 1)
        .Advise("rest", [0]).Advise("watch", [1]).Advise("net-soon", [], Urgency.Soon)
            .Advise("net-routine", [], Urgency.Routine)
        .Build();

    [Fact]
    public void Questions_OfAnEmptyCase_AskForOpenFlagsFirstAndEachFindingOnce()
    {
        var questions = Guidance.Questions(Assess(Small)).ToList();

        Assert.Equal(["a", "b", "g", "e"], questions.Select(question => question.Finding.Id));
        Assert.Equal(new OpenQuestion(Small.FindFinding("g")!, QuestionReason.OpenRedFlag, 1, -1), questions[2]);
        Assert.Equal(new OpenQuestion(Small.FindFinding("e")!, QuestionReason.LikelyCause, -1, 0), questions[3]);
    }

    [Fact]
    public void Questions_OfClearedFlags_AreNotAsked() =>
        Assert.Equal(["g", "e", "a"],
            Guidance.Questions(Assess(Small, Absent("b"))).Select(question => question.Finding.Id));

    [Fact]
    public void Questions_OfAnyCase_AreAboutFindingsWithoutAnAnswer() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            var asked = Guidance.Questions(assessment).Select(question => question.Finding.Index).ToList();

            Assert.Equal(asked.Count, asked.Distinct().Count());
            Assert.DoesNotContain(asked, finding => assessment.Case.Answer(finding).Known);
        }, iter: 200);

    [Fact]
    public void Examinations_OfARaisedFlag_ComeBeforeThoseOfLikelyCauses()
    {
        var examinations = Guidance.Examinations(Assess(Small, Present("b")));

        Assert.Equal(["scan", "x-ray"], examinations.Select(examination => examination.Id));
    }

    [Fact]
    public void Examinations_WhoseResultsAreKnown_AreLeftOut() =>
        Assert.Empty(Guidance.Examinations(Assess(Small, Value("n", 3))));

    [Fact]
    public void Advice_OfARaisedFlag_IsTheSafetyNetThenItsSuspectsThenLikelyCauses()
    {
        var advice = Guidance.Advice(Assess(Small, Absent("a"), Present("b")));

        Assert.Equal(["net-soon", "watch", "rest"], advice.Select(one => one.Id));
    }

    [Fact]
    public void Advice_OfTheLeadingCauseOnly_HasTheSafetyNetOfItsUrgency() =>
        Assert.Equal(["net-routine", "rest"], Guidance.Advice(Assess(Small)).Select(one => one.Id));

    [Theory]
    [InlineData(Urgency.Soon, true)]
    [InlineData(Urgency.Routine, false)]
    public void Advice_AboveItsUrgency_IsNotGiven(Urgency atMost, bool given)
    {
        var knowledge = Suspecting().Advise("rest", [0]).Only(atMost).Build();

        var advice = Guidance.Advice(Assess(knowledge, Present("b")));

        Assert.Equal(given, advice.Any(one => one.Id == "rest"));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Advice_WithACauseThatLeadsOrThatARaisedFlagSuspects_IsNotGivenWhereItWouldHarm(int notWith, bool given)
    {
        var knowledge = Suspecting().Advise("net", [], Urgency.Soon).Only(notWith: [notWith]).Build();

        var advice = Guidance.Advice(Assess(knowledge, Present("b")));

        Assert.Equal(given, advice.Any(one => one.Id == "net"));
    }

    [Fact]
    public void Advice_OfAnyCase_HasASafetyNetAndNothingTwice() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            var advice = Guidance.Advice(assessment);

            Assert.Contains(advice, one => one.Urgencies.Contains(assessment.Disposition.Urgency));
            Assert.Equal(advice.Count, advice.Distinct().Count());
        }, iter: 200);

    [Fact]
    public void Advice_OfAnyCase_IsNoHomeCareForWhoMustGoAndContradictsNoOther() =>
        PackCases.Cases.Sample(report => AdviceTexts.AssertSound(PackCases.Assess(report)), iter: 500);

    [Fact]
    public void NotExcluded_OfAnyCase_IsWhatIsSuspectedOrProbable() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);
            var knowledge = PackCases.Knowledge;

            var left = Guidance.NotExcluded(assessment);

            var open = assessment.RedFlags.ToArray();
            var expected = assessment.Ranking.ToArray()
                .Where(ranked => ranked.Cause >= 0 && knowledge.Causes[ranked.Cause].MustNotMiss
                    && (ranked.Probability >= knowledge.Model.ExclusionProbability || knowledge.RedFlags.Any(rule =>
                        open[rule.Index] != Truth.False && rule.Suspects.Contains(ranked.Cause))))
                .Select(ranked => ranked.Cause);
            Assert.Equal(expected, left.Select(one => one.Cause));
            Assert.All(left, one => Assert.True(
                one.Examination is null || one.Examination.Causes.Contains(one.Cause)));
        }, iter: 200);

    [Fact]
    public void NotExcluded_OfHarmlessAnswersToEverything_IsNoCauseWithAnOpenRedFlag() =>
        Assert.DoesNotContain(
            Guidance.NotExcluded(PackCases.Assess(PackCases.Benign)), cause => cause.HasOpenRedFlag);

    [Fact]
    public void MustNotMiss_EveryCause_HasAnExaminationThatSettlesIt() =>
        Assert.Empty(Guidance.NotExcluded(PackCases.Assess([])).Where(cause => cause.Examination is null)
            .Select(cause => PackCases.Knowledge.Causes[cause.Cause].Id));

    /// <summary>A likely cause, one that a soon flag suspects, and one that nothing speaks for.</summary>
    private static SmallKnowledge Suspecting() => new SmallKnowledge()
        .Cause("likely", 0.3, new Row("e", 2, 0.5)).Cause("suspected", 0.001, new Row("f", 2, 0.5))
        .Cause("neither", 0.001, new Row("f", 2, 0.5)).RedFlag("b", Urgency.Soon, hours: 48, suspect: 1);
}
