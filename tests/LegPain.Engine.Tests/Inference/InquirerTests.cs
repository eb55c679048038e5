using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What is asked next, and when asking ends.</summary>
public sealed class InquirerTests
{
    private static KnowledgeBase Knowledge => PackCases.Knowledge;

    private KnowledgeBase Small { get; } = new SmallKnowledge()
        .Cause("likely", 0.3, new("e", 8, 0.5), new("a", 2, 0.5)).Cause("rare", 0.001, new Row("f", 2, 0.5))
        .RedFlag("all(a, b)").RedFlag("any(b, g)", Urgency.Soon, hours: 48, suspect: 1)
        .Build();

    [Fact]
    public void Next_OfOpenFlags_AsksTheMostUrgentFirstAndWhatDecidesMost()
    {
        var inquiry = Inquirer.Next(Assess(Small), Anybody, 9);

        Assert.Equal(InquiryState.Asking, inquiry.State);
        Assert.Equal(["b", "a", "g"], inquiry.Questions.Select(question => question.Finding.Id));
        Assert.Equal([0, 0, 1], inquiry.Questions.Select(question => question.RedFlag));
        Assert.All(inquiry.Questions, question => Assert.Equal(QuestionReason.OpenRedFlag, question.Reason));
    }

    [Fact]
    public void Next_WhenNoFlagCanChangeTheUrgency_AsksWhatTellsTheCausesApart()
    {
        var inquiry = Inquirer.Next(Assess(Small, Absent("b"), Absent("g"), Absent("a")), Anybody, 1);

        var question = Assert.Single(inquiry.Questions);
        Assert.Equal(("e", QuestionReason.LikelyCause, 0), (question.Finding.Id, question.Reason, question.Cause));
    }

    [Fact]
    public void Next_WhenNothingIsLeftThatMatters_IsSettled() =>
        Assert.Equal(InquiryState.Settled,
            Inquirer.Next(Assess(Small, Absent("b"), Absent("g"), Absent("a"), Absent("e")), Anybody, 1).State);

    [Fact]
    public void Next_OfAnEmergencyThatStands_AsksNothing()
    {
        var inquiry = Inquirer.Next(Assess(Small, Present("a"), Present("b")), Anybody, 1);

        Assert.Equal(InquiryState.Emergency, inquiry.State);
        Assert.Empty(inquiry.Questions);
    }

    [Fact]
    public void Next_WhenOnlyOthersCouldAnswer_SaysThatAnExaminationIsNeeded() =>
        Assert.Equal(InquiryState.ExaminationNeeded, Inquirer.Next(Assess(Small), (_, _) => false, 1).State);

    [Fact]
    public void Next_OfAFindingThatWasAskedAndNotKnown_AsksOthers()
    {
        var assessment = Assess(Small, new("b", Presence.Unknown, null, [], Now), Absent("a"));

        Assert.Equal(["g"], Inquirer.Next(assessment, Anybody, 1).Questions.Select(question => question.Finding.Id));
    }

    [Fact]
    public void Next_OfAFlagThatStandsByConvention_AsksForTheExceptionAndTheBeginning()
    {
        var knowledge = new SmallKnowledge().RedFlag("all(a, unless(e))").RedFlag("within(b, 14d)").Build();

        var questions = Inquirer.Next(Assess(knowledge, Present("a"), Present("b")), Anybody, 9).Questions;

        Assert.Contains(questions, q => (q.Finding.Id, q.Reason) == ("e", QuestionReason.Exception));
        Assert.Contains(questions, q => (q.Finding.Id, q.Reason) == ("b", QuestionReason.Beginning));
    }

    [Fact]
    public void Next_OfAFlagOnAScore_AsksForItsOpenItems()
    {
        var knowledge = new SmallKnowledge().Score("s", ScoreCombination.Sum, ("a", 1), ("b", 1), ("e", 1))
            .RedFlag("score(s)>=2").Build();

        Assert.Equal(["a", "e"], Asked(Assess(knowledge, Present("b"))));
    }

    [Fact]
    public void Next_OfAFlagOnePartOfWhichIsDecided_DoesNotAskForThatPart()
    {
        var knowledge = OfRedFlags("any(all(a, b), e)");

        Assert.Equal(["e"], Asked(Assess(knowledge, Absent("a"))));
    }

    [Fact]
    public void Next_OfTheBeginningOfAQualityOfThePain_AsksForTheDurationOfThePain()
    {
        var question = Assert.Single(
            Inquirer.Next(Assess(OfRedFlags("within(p, 14d)"), Present("p")), Anybody, 9).Questions);

        Assert.Equal(("symptom-duration", QuestionReason.OpenRedFlag), (question.Finding.Id, question.Reason));
    }

    [Theory]
    [InlineData("all(any(a, b), unless(a))")]
    [InlineData("any(within(e, 3d), persistent(e, 14d), b)")]
    public void Next_OfAFlagThatAsksOneQuestionTwice_CountsItOnce(string condition)
    {
        var questions = Inquirer.Next(Assess(OfRedFlags(condition), Present("e")), Anybody, 9).Questions;

        // Half a rule for one of two questions, and the share of answers that decide the rule.
        Assert.Equal(2, questions.Count);
        Assert.All(questions, question => Assert.InRange(question.Gain, 0.5, 1.5));
    }

    /// <remarks>"I do not know" decides nothing: only so is every last question of every rule asked.</remarks>
    [Fact]
    public void Interview_OfAPatientWhoKnowsNothing_AsksEveryQuestionOfEveryRedFlagOnce()
    {
        var asked = Interview([], finding => new(finding.Id, Presence.Unknown, null, [], PackCases.Now), out var state);

        var needed = Knowledge.RedFlags.SelectMany(AskedBy).Where(Patient).Select(finding => finding.Id).ToHashSet();
        Assert.Subset(asked.Select(question => question.Finding.Id).ToHashSet(), needed);
        Assert.Equal(asked.Count, asked.Distinct().Count());
        Assert.NotEqual(InquiryState.Asking, state);
    }

    [Fact]
    public void Interview_OfAnyPatient_EndsAndAsksNothingTwice() =>
        Gen.Select(PackCases.Sparse, PackCases.Sparse).Sample((known, answers) =>
        {
            var byFinding = answers.ToDictionary(answer => answer.Finding, StringComparer.Ordinal);

            var asked = Interview(known, finding => byFinding.GetValueOrDefault(finding.Id)
                ?? new(finding.Id, Presence.Unknown, null, [], PackCases.Now), out _);

            Assert.Equal(asked.Count, asked.Select(q => (q.Finding.Id, q.Reason == QuestionReason.Beginning))
                .Distinct().Count());
            Assert.All(asked, question => Assert.True(Patient(question.Finding)));
        }, iter: 3);

    [Fact]
    public void Next_OfAnyCase_IsNeverBehindAnUnrelatedQuestion() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);
            var inquiry = Inquirer.Next(assessment, Anybody, int.MaxValue);

            var urgencies = inquiry.Questions
                .Select(q => q.RedFlag < 0 ? 0 : Knowledge.RedFlags[q.RedFlag].Urgency).ToList();
            Assert.Equal(urgencies.OrderDescending(), urgencies);
            Assert.All(inquiry.Questions, question =>
            {
                Assert.Equal(question.Reason == QuestionReason.LikelyCause, question.RedFlag < 0);
                Assert.True(question.Gain > 0 && double.IsFinite(question.Gain));
                Assert.Equal(question.Reason == QuestionReason.Beginning,
                    assessment.Case.Answer(question.Finding.Index).Known);
            });
            Assert.Equal(inquiry.State == InquiryState.Asking, inquiry.Questions.Count > 0);
        }, iter: 40);

    /// <remarks>With every open question answered, the limits meet or only examinations keep them apart.</remarks>
    [Fact]
    public void Next_OfACaseWhoseRulesAreDecided_AsksForNoRedFlag() =>
        Assert.DoesNotContain(
            Inquirer.Next(PackCases.Assess(PackCases.Benign), Anybody, int.MaxValue).Questions,
            question => question.RedFlag >= 0);

    private static IEnumerable<string> Asked(Assessment assessment) =>
        Inquirer.Next(assessment, Anybody, 9).Questions.Select(question => question.Finding.Id).Order();

    private static bool Anybody(Finding finding, QuestionReason reason) => true;

    private static bool Patient(Finding finding, QuestionReason reason) => Patient(finding);

    private static bool Patient(Finding finding) => finding.AnsweredBy == AnsweredBy.Patient;

    /// <summary>A rule's own findings and those of its scores.</summary>
    private static IEnumerable<Finding> AskedBy(RedFlag rule) => rule.When.SelfAndParts().SelectMany(part =>
        part.Finding is { } finding ? [finding]
        : part.Score is { } score ? Knowledge.Scores[score].Findings.Select(index => Knowledge.Findings[index])
        : (IEnumerable<Finding>)[]);

    private static List<Suggestion> Interview(
        IReadOnlyList<Observation> known, Func<Finding, Observation> answer, out InquiryState state)
    {
        var asked = new List<Suggestion>();
        var report = known.ToList();
        while (true)
        {
            var inquiry = Inquirer.Next(PackCases.Assess(report), Patient, 1);
            state = inquiry.State;
            if (inquiry.State != InquiryState.Asking)
            {
                return asked;
            }

            var question = Assert.Single(inquiry.Questions);
            asked.Add(question);
            Assert.True(asked.Count <= 2 * Knowledge.Findings.Count, "The interview does not end.");
            if (question.Reason == QuestionReason.Beginning)
            {
                report = [.. report.Select(o => o.Finding == question.Finding.Id && o.Presence == Presence.Present
                    ? o with { StartedAt = o.ObservedAt.AddDays(-3) } : o)];
            }
            else
            {
                report.Add(answer(question.Finding) with { ObservedAt = PackCases.Now });
            }
        }
    }
}
