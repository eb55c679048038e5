using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Chooses what to ask next. Pure.</summary>
/// <remarks>
/// <para>
/// Open red flags come first, the most urgent before all others and never behind an unrelated answer: as long as a rule
/// could change the urgency, only what it still depends on is asked. Among rules of one urgency those come first whose
/// suspects are likeliest, and of their questions the one that is expected to decide most. Then come the questions that
/// tell the causes apart, by the information they are expected to bring.
/// </para>
/// <para>
/// What an answer is expected to be is a guess from the ranking; it decides the order of questions and nothing else.
/// A finding is asked for its presence and, when a rule took it for recent, for its beginning. What was answered with
/// "I do not know" is not asked again; for a beginning the caller must see to it, for that leaves no trace.
/// </para>
/// </remarks>
public static class Inquirer
{
    private const double ExpectedShareMax = 0.95;

    /// <summary>Returns what to ask next.</summary>
    /// <param name="assessment">What is known so far.</param>
    /// <param name="canAnswer">Whether the person asked can answer for a finding, asked for a reason.</param>
    /// <param name="max">The most questions to return; at least 1.</param>
    public static Inquiry Next(Assessment assessment, Func<Finding, QuestionReason, bool> canAnswer, int max)
    {
        var disposition = assessment.Disposition;
        if (disposition.Lowest == Urgency.Immediate)
        {
            return new(InquiryState.Emergency, []);
        }

        var rules = UndecidedRules(assessment);
        var askable = rules.SelectMany(rule => rule.Leaves).Where(leaf => CanAsk(leaf, assessment.Case, canAnswer))
            .DistinctBy(leaf => (leaf.Finding.Index, leaf.Reason == QuestionReason.Beginning)).ToList();
        if (askable.Count > 0)
        {
            var probabilities = InformationGain.Probabilities(assessment);
            return new(InquiryState.Asking,
                [.. askable.Select(leaf => Suggest(leaf, rules, probabilities, assessment))
                    .OrderByDescending(question => assessment.Knowledge.RedFlags[question.RedFlag].Urgency)
                    .ThenByDescending(question =>
                        Suspicion(assessment.Knowledge.RedFlags[question.RedFlag], probabilities))
                    .ThenByDescending(question => question.Gain).ThenBy(question => question.Finding.Index)
                    .Take(max)]);
        }

        var telling = InformationGain.Of(assessment)
            .Where(question => question.Gain >= assessment.Knowledge.Model.QuestionGainMin
                && CanAsk(new(question.Finding, question.Reason), assessment.Case, canAnswer))
            .OrderByDescending(question => question.Gain).ThenBy(question => question.Finding.Index)
            .Take(max).ToList();
        return telling.Count > 0 ? new(InquiryState.Asking, telling)
            : new(rules.Count > 0 ? InquiryState.ExaminationNeeded : InquiryState.Settled, []);
    }

    /// <summary>
    /// Returns the share of patients like this one in whom a finding is expected to have a value: the usual share,
    /// raised or lowered by the causes that lead.
    /// </summary>
    internal static double ExpectedShare(double lift, KnowledgeBase knowledge) =>
        Math.Min(knowledge.Model.QuestionBaseShare * lift, ExpectedShareMax);

    private static bool CanAsk(OpenLeaf leaf, ClinicalCase @case, Func<Finding, QuestionReason, bool> canAnswer)
    {
        var finding = leaf.Finding;
        if (!canAnswer(finding, leaf.Reason) || @case.Declined.Contains(finding.Index))
        {
            return false;
        }

        ref readonly var answer = ref @case.Answer(finding.Index);
        return leaf.Reason == QuestionReason.Beginning
            ? answer.Known && double.IsNaN(answer.DaysSinceStart)
            : !answer.Known;
    }

    /// <summary>
    /// The rules that open questions can still raise or take back, where that would change the urgency.
    /// </summary>
    private static List<UndecidedRule> UndecidedRules(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var scores = Assessor.Totals(assessment.Case, conventionsAreOpen: true);
        var facts = new Facts(assessment.Case, scores, conventionsAreOpen: true);
        var firm = knowledge.RedFlags
            .Where(rule => rule.When.Evaluate(new(assessment.Case, scores, conventionsAreOpen: true)) == Truth.True)
            .Select(rule => rule.Urgency).DefaultIfEmpty().Max();
        var rules = new List<UndecidedRule>();
        foreach (var rule in knowledge.RedFlags)
        {
            if (rule.Urgency > firm && rule.When.Evaluate(facts) == Truth.Unknown)
            {
                var leaves = new List<OpenLeaf>();
                OpenLeaves.Collect(rule.When, facts, leaves);
                rules.Add(new(rule, leaves));
            }
        }

        return rules;
    }

    private static Suggestion Suggest(
        OpenLeaf leaf, List<UndecidedRule> rules, double[] probabilities, Assessment assessment)
    {
        var waiting = rules.Where(rule => rule.Leaves.Exists(open => open.Finding == leaf.Finding)).ToList();
        var gain = waiting.Sum(rule => 1.0 / rule.Leaves.Count);
        foreach (var (answer, share) in Answers(leaf, waiting, probabilities, assessment))
        {
            gain += share * CountDecided(answer, waiting, rules, assessment);
        }

        var first = waiting.Where(rule => rule.Rule.Urgency == waiting[0].Rule.Urgency)
            .MaxBy(rule => Suspicion(rule.Rule, probabilities));
        return new(leaf.Finding, leaf.Reason, first.Rule.Index, -1, gain);
    }

    /// <summary>How probable what a rule suspects is, in whole percents: less is no reason to prefer a rule.</summary>
    private static double Suspicion(RedFlag rule, double[] probabilities)
    {
        var sum = 0.0;
        foreach (var cause in rule.Suspects)
        {
            sum += probabilities[cause];
        }

        return Math.Round(sum, 2);
    }

    /// <summary>
    /// How many undecided rules an answer decides; a rule that it raises for good decides all that are no more urgent.
    /// </summary>
    private static int CountDecided(
        CaseAnswer answer, List<UndecidedRule> waiting, List<UndecidedRule> all, Assessment assessment)
    {
        var then = assessment.Case.With(answer);
        var facts = new Facts(then, Assessor.Totals(then, conventionsAreOpen: true), conventionsAreOpen: true);
        var decided = 0;
        foreach (var (rule, _) in waiting)
        {
            var state = rule.When.Evaluate(facts);
            if (state == Truth.True)
            {
                return all.Count(other => other.Rule.Urgency <= rule.Urgency);
            }

            decided += state == Truth.False ? 1 : 0;
        }

        return decided;
    }

    /// <summary>The answers there can be, each with the share of patients expected to give it.</summary>
    private static List<(CaseAnswer Answer, double Share)> Answers(
        OpenLeaf leaf, List<UndecidedRule> waiting, double[] probabilities, Assessment assessment)
    {
        var (finding, knowledge) = (leaf.Finding, assessment.Knowledge);
        var answers = new List<(CaseAnswer, double)>();
        if (leaf.Reason == QuestionReason.Beginning)
        {
            var known = assessment.Case.Answer(finding.Index);
            answers.Add((known with { DaysSinceStart = 0 }, 0.5));
            answers.Add((known with { DaysSinceStart = finding.Maximum + 36500 }, 0.5));
            return answers;
        }

        var absent = new CaseAnswer(finding.Index, Presence.Absent, 0, double.NaN, double.NaN, 0);
        switch (finding.Kind)
        {
            case FindingKind.Boolean:
                var share = ExpectedShare(InformationGain.Lift(finding, probabilities, knowledge), knowledge);
                answers.Add((absent with { Presence = Presence.Present }, share));
                answers.Add((absent, 1 - share));
                break;
            case FindingKind.Number:
                var values = waiting.SelectMany(rule => rule.Rule.When.SelfAndParts()).OfType<NumberCondition>()
                    .Where(condition => condition.Finding == finding)
                    .SelectMany(condition => new[] { condition.Bound - 1, condition.Bound, condition.Bound + 1 })
                    .Select(value => Math.Clamp(value, finding.Minimum, finding.Maximum)).Distinct().ToList();
                answers.AddRange(values.Select(value =>
                    (absent with { Presence = Presence.Present, Number = value }, 1.0 / values.Count)));
                break;
            default:
                var none = finding.AbsentOption is { } option ? 1UL << finding.OptionIndex(option) : 0;
                var others = Enumerable.Range(0, finding.Options.Count).Where(i => 1UL << i != none).ToList();
                var any = ExpectedShare(InformationGain.Lift(finding, probabilities, knowledge), knowledge);
                var each = any / others.Count;
                answers.AddRange(others.Select(i =>
                    (absent with { Presence = Presence.Present, Options = 1UL << i }, each)));
                answers.Add((absent with { Options = none }, 1 - (each * others.Count)));
                break;
        }

        return answers;
    }

    /// <summary>A rule that open questions can still decide, and those questions.</summary>
    private readonly record struct UndecidedRule(RedFlag Rule, List<OpenLeaf> Leaves);
}
