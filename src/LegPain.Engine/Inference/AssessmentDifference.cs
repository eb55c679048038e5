using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>A red flag whose state differs.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Before">Its state before; null when that knowledge has no such rule.</param>
/// <param name="After">Its state after; null when that knowledge has no such rule.</param>
/// <param name="Findings">The findings it asks about whose answers differ, by id.</param>
/// <param name="Grounds">
/// What raises it on the side where it is raised: the leaves of its condition that hold; empty when it is on neither.
/// </param>
public sealed record RedFlagChange(
    string Id, Truth? Before, Truth? After, IReadOnlyList<string> Findings, IReadOnlyList<Condition> Grounds);

/// <summary>Where a cause stands in one ranking.</summary>
/// <param name="Id">The cause's id, or <see cref="AssessmentDifference.SomethingElse"/>.</param>
/// <param name="Rank">The place, from 1.</param>
/// <param name="Ranked">What the ranking says of it.</param>
public sealed record CauseStanding(string Id, int Rank, RankedCause Ranked);

/// <summary>A vote of one finding, score or place for a cause that differs.</summary>
/// <param name="Before">The vote before, in the positions of that knowledge; null for none.</param>
/// <param name="After">The vote after, in the positions of that knowledge; null for none.</param>
public readonly record struct ContributionChange(Contribution? Before, Contribution? After);

/// <summary>A cause whose standing differs materially.</summary>
/// <param name="Id">The cause's id, or <see cref="AssessmentDifference.SomethingElse"/>.</param>
/// <param name="Before">Where it stood; null when it was closed, or that knowledge has no such cause.</param>
/// <param name="After">Where it stands; null when it is closed, or that knowledge has no such cause.</param>
/// <param name="Contributions">
/// The votes that differ. Empty while the cause is in one ranking only: there is nothing to compare them with.
/// </param>
public sealed record CauseChange(
    string Id, CauseStanding? Before, CauseStanding? After, IReadOnlyList<ContributionChange> Contributions);

/// <summary>A score whose range differs.</summary>
/// <param name="Id">The score's id.</param>
/// <param name="Before">Its range before; null when that knowledge has no such score.</param>
/// <param name="After">Its range after; null when that knowledge has no such score.</param>
public sealed record ScoreChange(string Id, ScoreRange? Before, ScoreRange? After);

/// <summary>What one assessment says otherwise than another one.</summary>
/// <remarks>
/// The two may be of different cases and of different knowledge bases: everything is matched by id. The difference of
/// an assessment with itself is empty, and swapping the sides swaps before and after. Pure.
/// </remarks>
public sealed class AssessmentDifference
{
    /// <summary>The id that stands for whatever is none of the causes.</summary>
    public const string SomethingElse = "something-else";

    /// <summary>A cause is listed when its probability differs by as much as this.</summary>
    public const double ProbabilityShiftMin = 0.01;

    /// <summary>A cause is listed when its rank differs and is among so many first ones on either side.</summary>
    public const int LeadingMax = 5;

    private AssessmentDifference(Assessment before, Assessment after)
    {
        RedFlags = [.. ChangedRedFlags(before, after)];
        Causes = [.. ChangedCauses(before, after)];
        Scores = [.. ChangedScores(before, after)];

        var questionsBefore = Guidance.Questions(before);
        var questionsAfter = Guidance.Questions(after);
        QuestionsAdded = [.. questionsAfter.ExceptBy(questionsBefore.Select(IdOf), IdOf)];
        QuestionsRemoved = [.. questionsBefore.ExceptBy(questionsAfter.Select(IdOf), IdOf)];

        var examinationsBefore = Guidance.Examinations(before);
        var examinationsAfter = Guidance.Examinations(after);
        ExaminationsAdded = [.. examinationsAfter.ExceptBy(examinationsBefore.Select(IdOf), IdOf)];
        ExaminationsRemoved = [.. examinationsBefore.ExceptBy(examinationsAfter.Select(IdOf), IdOf)];
    }

    /// <summary>Gets every red flag whose state differs, and no other.</summary>
    public IReadOnlyList<RedFlagChange> RedFlags { get; }

    /// <summary>
    /// Gets the causes whose standing differs materially: opened or closed, by <see cref="ProbabilityShiftMin"/>, or in
    /// rank among the first <see cref="LeadingMax"/>.
    /// </summary>
    public IReadOnlyList<CauseChange> Causes { get; }

    /// <summary>Gets every score whose range differs, and no other.</summary>
    public IReadOnlyList<ScoreChange> Scores { get; }

    /// <summary>Gets the questions that are open after and were not before.</summary>
    public IReadOnlyList<OpenQuestion> QuestionsAdded { get; }

    /// <summary>Gets the questions that were open before and are not after.</summary>
    public IReadOnlyList<OpenQuestion> QuestionsRemoved { get; }

    /// <summary>Gets the examinations that are asked for after and were not before.</summary>
    public IReadOnlyList<Examination> ExaminationsAdded { get; }

    /// <summary>Gets the examinations that were asked for before and are not after.</summary>
    public IReadOnlyList<Examination> ExaminationsRemoved { get; }

    /// <summary>Compares two assessments.</summary>
    public static AssessmentDifference Between(Assessment before, Assessment after) => new(before, after);

    private static string IdOf(OpenQuestion question) => question.Finding.Id;

    private static string IdOf(Examination examination) => examination.Id;

    private static IEnumerable<RedFlagChange> ChangedRedFlags(Assessment before, Assessment after)
    {
        foreach (var (id, was, now) in Matched(before.Knowledge.RedFlags, after.Knowledge.RedFlags, rule => rule.Id))
        {
            var (from, to) = (State(before, was), State(after, now));
            if (from != to)
            {
                var asked = Asked(before, was).Concat(Asked(after, now)).Distinct();
                yield return new(
                    id, from, to, [.. asked.Where(finding => !AnswersAgree(finding, before, after))],
                    to == Truth.True ? after.Grounds(now!)
                        : from == Truth.True ? before.Grounds(was!)
                        : []);
            }
        }

        static Truth? State(Assessment side, RedFlag? rule) => rule is null ? null : side.RedFlags[rule.Index];

        static IEnumerable<string> Asked(Assessment side, RedFlag? rule) => rule is null ? [] :
            RuleTable.Asked(rule.When, side.Knowledge).Select(finding => side.Knowledge.Findings[finding].Id);
    }

    /// <summary>
    /// Whether two cases say the same of a finding: value, and since when. A case whose knowledge does not have the
    /// finding says nothing of it.
    /// </summary>
    private static bool AnswersAgree(string id, Assessment before, Assessment after)
    {
        return Said(before) == Said(after);

        (Presence, string, double, double, double) Said(Assessment side)
        {
            if (side.Knowledge.FindFinding(id) is not { } finding
                || side.Case.Answer(finding.Index) is not { Known: true } answer)
            {
                return default;
            }

            var options = finding.Options.Where((_, option) => ((answer.Options >> option) & 1) == 1);
            return (answer.Presence, string.Join(',', options), Known(answer.Number),
                Known(side.Case.DaysSinceStart(finding)), answer.DaysSeen);
        }

        // What is not known (NaN) agrees with itself.
        static double Known(double value) => double.IsNaN(value) ? -1 : value;
    }

    private static IEnumerable<CauseChange> ChangedCauses(Assessment before, Assessment after)
    {
        foreach (var (id, was, now) in Matched(Standings(before), Standings(after), standing => standing.Id))
        {
            if (was is null || now is null)
            {
                yield return new(id, was, now, []);
            }
            else if (IsMaterial(was, now))
            {
                yield return new(id, was, now, [.. ChangedContributions(before, was.Ranked, after, now.Ranked)]);
            }
        }
    }

    private static bool IsMaterial(CauseStanding was, CauseStanding now) =>
        Math.Abs(was.Ranked.Probability - now.Ranked.Probability) >= ProbabilityShiftMin
        || (was.Rank != now.Rank && Math.Min(was.Rank, now.Rank) <= LeadingMax);

    private static List<CauseStanding> Standings(Assessment side)
    {
        var standings = new List<CauseStanding>(side.Ranking.Length);
        foreach (ref readonly var ranked in side.Ranking)
        {
            var id = ranked.Cause == RankedCause.SomethingElse ? SomethingElse : side.Knowledge.Causes[ranked.Cause].Id;
            standings.Add(new(id, standings.Count + 1, ranked));
        }

        return standings;
    }

    private static IEnumerable<ContributionChange> ChangedContributions(
        Assessment before, RankedCause was, Assessment after, RankedCause now)
    {
        var votes = Matched(Votes(before, was), Votes(after, now), vote => vote.Speaker);
        return votes.Where(pair => pair.Before?.Says != pair.After?.Says)
            .Select(pair => new ContributionChange(pair.Before?.Contribution, pair.After?.Contribution));
    }

    private static List<NamedVote> Votes(Assessment side, RankedCause ranked)
    {
        var votes = new List<NamedVote>(ranked.ContributionCount);
        foreach (ref readonly var contribution in side.ContributionsOf(ranked))
        {
            votes.Add(new(contribution, side.Knowledge));
        }

        return votes;
    }

    private static IEnumerable<ScoreChange> ChangedScores(Assessment before, Assessment after)
    {
        foreach (var (id, was, now) in Matched(before.Knowledge.Scores, after.Knowledge.Scores, score => score.Id))
        {
            ScoreRange? from = was is null ? null : before.Scores[was.Index];
            ScoreRange? to = now is null ? null : after.Scores[now.Index];
            if (from != to)
            {
                yield return new(id, from, to);
            }
        }
    }

    /// <summary>Pairs two lists by id: those of the second in its order, then what only the first has.</summary>
    private static IEnumerable<(string Id, T? Before, T? After)> Matched<T>(
        IReadOnlyList<T> before, IReadOnlyList<T> after, Func<T, string> idOf)
        where T : class
    {
        var known = before.ToDictionary(idOf, StringComparer.Ordinal);
        foreach (var now in after)
        {
            known.Remove(idOf(now), out var was);
            yield return (idOf(now), was, now);
        }

        foreach (var was in before.Where(was => known.ContainsKey(idOf(was))))
        {
            yield return (idOf(was), was, null);
        }
    }

    /// <summary>A vote in words that two knowledge bases share.</summary>
    private sealed class NamedVote(Contribution contribution, KnowledgeBase knowledge)
    {
        public Contribution Contribution { get; } = contribution;

        /// <summary>Gets who votes, each once a cause. The place of the pain is one answer over all places.</summary>
        public string Speaker { get; } = contribution.Evidence < 0 ? "place"
            : contribution.Finding < 0 ? $"score {ScoreOf(contribution, knowledge)}"
            : knowledge.Findings[contribution.Finding].Id;

        /// <summary>Gets what is said, all of it.</summary>
        public (string Value, bool Holds, int MicroNats, ContributionStatus Status) Says { get; } = (
            contribution.Evidence < 0
                ? knowledge.Findings[contribution.Finding].Id
                : knowledge.Evidence[contribution.Evidence].Value,
            contribution.RowHolds, contribution.MicroNats, contribution.Status);

        private static string ScoreOf(Contribution contribution, KnowledgeBase knowledge) =>
            knowledge.Scores[knowledge.Evidence[contribution.Evidence].Score!.Value].Id;
    }
}
