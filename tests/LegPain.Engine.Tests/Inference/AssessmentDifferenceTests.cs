using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;
using LegPain.Tests;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What holds of every difference, over random cases of the built-in pack and of another one.</summary>
public sealed class AssessmentDifferenceTests
{
    private const int Cases = 100;

    private static readonly KnowledgeBase Other = KnowledgePack.Read(OtherPack.Files()).Knowledge;

    /// <summary>Two assessments: of one case with more answers, or of two cases, under one pack or two.</summary>
    private static readonly Gen<(Assessment Before, Assessment After)> Pairs = Gen.Select(
        PackCases.Cases, PackCases.Any.Array[0, 6], PackCases.Sparse, Gen.Int[0, 3],
        (report, more, another, kind) => (PackCases.Assess(report), kind switch
        {
            0 => PackCases.Assess(More(report, more)),
            1 => Assess(Other, report),
            2 => Assess(Other, More(report, more)),
            _ => PackCases.Assess(another),
        }));

    [Fact]
    public void Difference_OfAnAssessmentWithItself_IsEmpty() =>
        PackCases.Cases.Sample(
            report =>
            {
                var difference = AssessmentDifference.Between(PackCases.Assess(report), PackCases.Assess(report));

                Assert.Empty(difference.RedFlags);
                Assert.Empty(difference.Causes);
                Assert.Empty(difference.Scores);
                Assert.Empty(difference.QuestionsAdded.Concat(difference.QuestionsRemoved));
                Assert.Empty(difference.ExaminationsAdded.Concat(difference.ExaminationsRemoved));
            },
            iter: Cases, print: PackCases.Print);

    [Fact]
    public void Difference_WithTheSidesSwapped_HasBeforeAndAfterSwapped() =>
        Pairs.Sample((before, after) => Assert.Equal(
            Describe(AssessmentDifference.Between(before, after), swapped: false),
            Describe(AssessmentDifference.Between(after, before), swapped: true)), iter: Cases);

    [Fact]
    public void Difference_OfAnyTwo_ListsEveryRedFlagWhoseStateDiffersAndNoOther() =>
        Pairs.Sample((before, after) =>
        {
            var expected = Ids(before.Knowledge).Union(Ids(after.Knowledge))
                .Where(id => State(before, id) != State(after, id));

            var changes = AssessmentDifference.Between(before, after).RedFlags;

            Assert.Equal(expected.Order(), changes.Select(change => change.Id).Order());
            Assert.All(changes, change =>
                Assert.Equal((State(before, change.Id), State(after, change.Id)), (change.Before, change.After)));
        }, iter: Cases);

    [Fact]
    public void Difference_OfAnyTwo_ListsWhatTheRankingsSay() =>
        Pairs.Sample((before, after) =>
        {
            var changes = AssessmentDifference.Between(before, after).Causes
                .ToDictionary(change => change.Id, StringComparer.Ordinal);

            foreach (var id in Ranks(before).Keys.Union(Ranks(after).Keys))
            {
                (int Rank, double Probability)? was = Ranks(before).TryGetValue(id, out var b) ? b : null;
                (int Rank, double Probability)? now = Ranks(after).TryGetValue(id, out var a) ? a : null;
                var change = changes.GetValueOrDefault(id);
                if (change is not null)
                {
                    Assert.Equal((was, now), (Place(change.Before), Place(change.After)));
                }
                else
                {
                    Assert.True(was is not null && now is not null, id);
                    Assert.InRange(Math.Abs(was.Value.Probability - now.Value.Probability), 0, 0.01);
                    Assert.True(was.Value.Rank == now.Value.Rank || Math.Min(was.Value.Rank, now.Value.Rank) > 5, id);
                }
            }
        }, iter: Cases);

    /// <remarks>With one pack, prior and votes are all that makes a total.</remarks>
    [Fact]
    public void Contributions_ThatDiffer_MakeUpTheDifferenceOfTheTotals() =>
        Pairs.Sample((before, after) =>
        {
            foreach (var change in AssessmentDifference.Between(before, after).Causes)
            {
                if (change is { Before: { } was, After: { } now })
                {
                    var moved = change.Contributions.Sum(vote => Counted(vote.After) - Counted(vote.Before));
                    var prior = now.Ranked.PriorMicroNats - was.Ranked.PriorMicroNats;
                    Assert.Equal(now.Ranked.TotalMicroNats - was.Ranked.TotalMicroNats, prior + moved);
                }
            }
        }, iter: Cases);

    [Fact]
    public void Difference_OfARuleThatAnotherPackHasOtherwise_NamesWhatRaisesIt()
    {
        Observation[] report = [new(OtherPack.Sign, Presence.Present, null, [], PackCases.Now)];

        var difference = AssessmentDifference.Between(PackCases.Assess(report), Assess(Other, report));

        var change = Assert.Single(difference.RedFlags);
        Assert.Equal((OtherPack.RedFlag, Truth.Unknown, Truth.True), (change.Id, change.Before, change.After));
        Assert.Equal([OtherPack.Sign], change.Grounds.Select(ground => ground.ToString()));
        Assert.Empty(change.Findings);
    }

    [Fact]
    public void Difference_OfAnAnswerMore_NamesTheFindingThatDiffers()
    {
        Observation[] report = [new("loc-calf", Presence.Present, null, [], PackCases.Now)];
        Observation more = new("dark-urine", Presence.Present, null, [], PackCases.Now);

        var difference = AssessmentDifference.Between(PackCases.Assess(report), PackCases.Assess([.. report, more]));

        var change = Assert.Single(difference.RedFlags, change => change.Id == "dark-urine");
        Assert.Equal((Truth.Unknown, Truth.True), (change.Before, change.After));
        Assert.Equal(["dark-urine"], change.Findings);
        Assert.Contains("dark-urine", difference.QuestionsRemoved.Select(question => question.Finding.Id));
    }

    private static Observation[] More(IEnumerable<Observation> report, IEnumerable<Observation> more) =>
        [.. more.Concat(report).DistinctBy(observation => observation.Finding)];

    private static Assessment Assess(KnowledgeBase knowledge, IEnumerable<Observation> report) =>
        Assessor.Assess(ClinicalCase.Build(knowledge, ClinicalCase.Group(report), PackCases.Now));

    private static IEnumerable<string> Ids(KnowledgeBase knowledge) => knowledge.RedFlags.Select(rule => rule.Id);

    private static Truth? State(Assessment assessment, string id) =>
        assessment.Knowledge.RedFlags.FirstOrDefault(rule => rule.Id == id) is { } rule
            ? assessment.RedFlags[rule.Index]
            : null;

    private static Dictionary<string, (int Rank, double Probability)> Ranks(Assessment assessment) =>
        assessment.Ranking.ToArray().Index().ToDictionary(
            at => at.Item.Cause == RankedCause.SomethingElse
                ? AssessmentDifference.SomethingElse
                : assessment.Knowledge.Causes[at.Item.Cause].Id,
            at => (at.Index + 1, at.Item.Probability), StringComparer.Ordinal);

    private static (int Rank, double Probability)? Place(CauseStanding? standing) =>
        standing is null ? null : (standing.Rank, standing.Ranked.Probability);

    private static int Counted(Contribution? vote) =>
        vote is { Status: ContributionStatus.Counted, MicroNats: var weight } ? weight : 0;

    /// <summary>Everything a difference says, in an order of its own; swapped, as the other direction would.</summary>
    private static string Describe(AssessmentDifference difference, bool swapped)
    {
        return string.Join('\n',
        [
            .. difference.RedFlags.OrderBy(c => c.Id, StringComparer.Ordinal).Select(c =>
                $"{c.Id} {Pair(c.Before, c.After)} {string.Join(',', c.Findings.Order())} "
                + string.Join(',', c.Grounds)),
            .. difference.Causes.OrderBy(c => c.Id, StringComparer.Ordinal).Select(c =>
                $"{c.Id} {Pair(c.Before, c.After)} "
                + string.Join(',', c.Contributions.Select(v => Pair(v.Before, v.After)).Order())),
            .. difference.Scores.OrderBy(c => c.Id, StringComparer.Ordinal).Select(c =>
                $"{c.Id} {Pair(c.Before, c.After)}"),
            Pair(
                string.Join(',', difference.QuestionsRemoved.Select(q => q.Finding.Id)),
                string.Join(',', difference.QuestionsAdded.Select(q => q.Finding.Id))),
            Pair(
                string.Join(',', difference.ExaminationsRemoved.Select(e => e.Id)),
                string.Join(',', difference.ExaminationsAdded.Select(e => e.Id))),
        ]);

        string Pair(object? before, object? after) => swapped ? $"{after} -> {before}" : $"{before} -> {after}";
    }
}
