using LegPain.Cli.Evaluation;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Tests;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Evaluation;

/// <summary>How many questions an interview takes, counted by hand in a small knowledge base and by force.</summary>
/// <remarks>The order of the small one: symptom-duration, age, a, b, e, f, g, h, p, n, walk, c, d, m.</remarks>
public sealed class InterviewRunTests
{
    private static readonly KnowledgeBase Small = new SmallKnowledge()
        .Cause("likely", 0.3, new SmallKnowledge.Row("e", 8, 0.5))
        .RedFlag("h").RedFlag("any(b, g)", Urgency.Soon, hours: 48).Build();

    [Fact]
    public void Measure_OfAPatientWithNothing_CountsWhatIsAskedInVain() => Assert.Equal(
        new InterviewPair("one", new(3, 4, InquiryState.Settled), new(8, 8, InquiryState.Settled)),
        InterviewRun.Measure(Patient(), Small));

    [Fact]
    public void Measure_OfAnEmergency_EndsWithTheAnswerThatShowsIt() => Assert.Equal(
        new InterviewPair("one", new(1, 1, InquiryState.Emergency), new(8, 8, InquiryState.Emergency)),
        InterviewRun.Measure(Patient(Present("h")), Small));

    [Fact]
    public void Measure_WhenOneAnswerDecidesALevel_AsksNothingMoreOfIt() => Assert.Equal(
        new InterviewPair("one", new(2, 3, InquiryState.Settled), new(8, 8, InquiryState.Settled)),
        InterviewRun.Measure(Patient(Present("b")), Small));

    [Fact]
    public void Measure_OfWhatThePatientCannotKnow_EndsInAnExamination() => Assert.Equal(
        new InterviewPair(
            "one", new(1, 1, InquiryState.ExaminationNeeded), new(10, 10, InquiryState.ExaminationNeeded)),
        InterviewRun.Measure(Patient(), SmallKnowledge.OfRedFlags("n>5")));

    [Theory]
    [InlineData(null, InquiryState.Emergency)]
    [InlineData(20, InquiryState.Settled)]
    public void Measure_OfAFlagThatAsksSinceWhen_TakesTheComplaintsDuration(int? days, InquiryState end)
    {
        VignetteRow[] rows = days is { } known
            ? [Present("b"), new("symptom-duration", Presence.Present, System.Text.Json.JsonSerializer
                .SerializeToElement(known))]
            : [Present("b")];

        var pair = InterviewRun.Measure(Patient(rows), SmallKnowledge.OfRedFlags("within(b, 14d)"));

        Assert.Equal(
            new InterviewPair("one", new(2, 2, end), new(5, 5, end)), pair);
    }

    [Fact]
    public void Measure_OfAnAnswerThatFollowsFromAnother_SeesIt()
    {
        var knowledge = new SmallKnowledge().Follows("h", "a").RedFlag("h").Build();

        var pair = InterviewRun.Measure(Patient(Present("a")), knowledge);

        Assert.Equal(new(3, 3, InquiryState.Emergency), pair.InOrder);
    }

    [Fact]
    public void Measure_OfPatientsOfTheBuiltInPack_NeedsFewerQuestionsThanTheirOrder_AndCountsAsByForce()
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        var vignettes = VignetteFile.Read(Path.Combine(AppContext.BaseDirectory, "vignettes", "dev.jsonl"))
            .Where(vignette => vignette.Id is "dev-002" or "dev-020" or "dev-022").ToList();

        var pairs = vignettes.ConvertAll(vignette => InterviewRun.Measure(vignette, knowledge));

        Assert.Equal(3, pairs.Count);
        Assert.True(pairs.Sum(pair => pair.Considered.ToUrgency) <= pairs.Sum(pair => pair.InOrder.ToUrgency));
        Assert.Equal(
            vignettes.Select(vignette => ByForce(vignette, knowledge)), pairs.Select(pair => pair.InOrder.ToUrgency));
    }

    [Theory]
    [InlineData(new int[0], 0, 0, 0)]
    [InlineData(new[] { 7 }, 7, 7, 7)]
    [InlineData(new[] { 4, 1, 3, 2 }, 1.75, 2.5, 3.25)]
    [InlineData(new[] { 50, 10, 20, 40, 30 }, 20, 30, 40)]
    public void Quartiles_OfCounts_LieBetweenThem(int[] counts, double lower, double median, double upper) =>
        Assert.Equal(new(lower, median, upper), Quartiles.Of(counts));

    /// <summary>Asks in the order of the pack and looks after every answer.</summary>
    private static int ByForce(Vignette vignette, KnowledgeBase knowledge)
    {
        var patient = new SimulatedPatient(vignette, knowledge, VignetteRun.Moment);
        var asked = 0;
        while (patient.Inquire() is var inquiry && !InterviewRun.IsUrgencyClosed(inquiry))
        {
            var beginning = inquiry.Questions.Where(question => question.Reason == QuestionReason.Beginning)
                .OrderBy(question => question.Finding.Index).Select(question => question.Finding).FirstOrDefault();
            patient.Answer(
                beginning ?? knowledge.Findings.First(
                    finding => finding.AnsweredBy == AnsweredBy.Patient && !patient.HasTold(finding)),
                sinceWhen: beginning is not null);
            asked++;
        }

        return asked;
    }

    private static VignetteRow Present(string finding) => new(finding, Presence.Present);

    private static Vignette Patient(params IReadOnlyList<VignetteRow> rows) => new(
        "one", "a book", "question-bank", new("group", ["likely"], Urgency.Soon, [Urgency.Soon]), rows);
}
