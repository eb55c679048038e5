using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>
/// The red flags' conditions, with what each asks about, so that a rule none of whose findings is known costs nothing.
/// </summary>
internal sealed class RuleTable
{
    private const int BitsPerWord = 64;

    private readonly Condition[] _conditions;
    private readonly bool[] _hasConventions;
    private readonly bool[] _asksOpenScores;
    private readonly ulong[] _asks;
    private readonly Truth[] _unasked;
    private readonly Truth[] _unaskedLasting;
    private readonly int _words;

    public RuleTable(KnowledgeBase knowledge)
    {
        _words = Words(knowledge.Findings.Count);
        _conditions = [.. knowledge.RedFlags.Select(rule => rule.When)];
        _hasConventions = [.. _conditions.Select(condition => HasConventions(condition, knowledge))];
        _asksOpenScores = [.. _conditions.Select(condition => condition.SelfAndParts()
            .Any(part => part.Score is not null && HasConventions(part, knowledge)))];
        _asks = new ulong[_conditions.Length * _words];
        for (var i = 0; i < _conditions.Length; i++)
        {
            foreach (var finding in Asked(_conditions[i], knowledge))
            {
                _asks[(i * _words) + (finding / BitsPerWord)] |= 1UL << (finding % BitsPerWord);
            }
        }

        var nothing = ClinicalCase.Build(knowledge, [], DateTimeOffset.UnixEpoch);
        var scores = Assessor.Totals(nothing);
        _unasked = [.. _conditions.Select(condition => condition.Evaluate(new(nothing, scores)))];
        _unaskedLasting = [.. _conditions.Select(condition => Lasting(condition, nothing, scores))];
    }

    /// <summary>Returns the state of every red flag.</summary>
    /// <param name="facts">The case and its scores.</param>
    /// <param name="lasting">
    /// Receives what is left of each state when conventions are open: True and False stand whatever open question is
    /// answered.
    /// </param>
    public Truth[] Evaluate(in Facts facts, Span<Truth> lasting)
    {
        Span<ulong> known = stackalloc ulong[_words];
        foreach (ref readonly var answer in facts.Case.Answers)
        {
            known[answer.Finding / BitsPerWord] |= 1UL << (answer.Finding % BitsPerWord);
        }

        ScoreRange[]? lastingScores = null;
        var states = new Truth[_conditions.Length];
        for (var i = 0; i < states.Length; i++)
        {
            if (!Overlaps(_asks.AsSpan(i * _words, _words), known))
            {
                states[i] = _unasked[i];
                lasting[i] = _unaskedLasting[i];
                continue;
            }

            // What is open stays open when conventions are open too.
            states[i] = _conditions[i].Evaluate(facts);
            lasting[i] = states[i] == Truth.Unknown || !_hasConventions[i]
                ? states[i]
                : Lasting(_conditions[i], facts.Case, _asksOpenScores[i]
                    ? lastingScores ??= Assessor.Totals(facts.Case, conventionsAreOpen: true)
                    : facts.Scores);
        }

        return states;
    }

    private static Truth Lasting(Condition condition, ClinicalCase @case, ReadOnlySpan<ScoreRange> scores) =>
        condition.Evaluate(new(@case, scores, conventionsAreOpen: true));

    /// <summary>Whether a condition, or a score it asks for, may be settled by convention alone.</summary>
    private static bool HasConventions(Condition condition, KnowledgeBase knowledge) =>
        condition.SelfAndParts().Any(part => part.HasConvention
            || (part is PresentCondition present && knowledge.DerivationOf(present.Finding) is not null)
            || (part.Score is { } score
                && knowledge.Scores[score].Items.Any(item => HasConventions(item.When, knowledge))));

    private static bool Overlaps(ReadOnlySpan<ulong> asks, ReadOnlySpan<ulong> known)
    {
        for (var i = 0; i < asks.Length; i++)
        {
            if ((asks[i] & known[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int Words(int findings) => (findings + BitsPerWord - 1) / BitsPerWord;

    /// <summary>The findings a condition's answer depends on, those of its scores included, by index.</summary>
    internal static IEnumerable<int> Asked(Condition condition, KnowledgeBase knowledge) =>
        condition.SelfAndParts().SelectMany(part =>
            part.Finding is { } finding ? [finding.Index]
            : part.Score is { } score ? knowledge.Scores[score].Items.SelectMany(item => Asked(item.When, knowledge))
            : (IEnumerable<int>)[]);
}
