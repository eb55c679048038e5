using System.Collections.Immutable;
using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>
/// Finds a set of answers that raises a red flag by itself, from a case in which nothing else is known.
/// </summary>
/// <remarks>
/// Searches the ways to satisfy the condition and lets the engine judge each: what it returns is a case that was really
/// evaluated, so a rule it finds no witness for within its bound is one that contradicts itself or is far too clever.
/// </remarks>
public static class Reachability
{
    private const int CandidatesMax = 20_000;

    private static readonly DateTimeOffset Moment = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns a case in which the red flag is raised, or null when none was found.</summary>
    public static ClinicalCase? FindWitness(KnowledgeBase knowledge, RedFlag redFlag) =>
        Ways(redFlag.When, true, Wishes.None, knowledge)
            .Take(CandidatesMax)
            .Select(wishes => ClinicalCase.Build(knowledge, wishes.ToHistories(knowledge), Moment))
            .FirstOrDefault(candidate => Assessor.Assess(candidate).RedFlags[redFlag.Index] == Truth.True);

    private static IEnumerable<Wishes> Ways(Condition condition, bool want, Wishes so, KnowledgeBase knowledge)
    {
        switch (condition)
        {
            case PresentCondition leaf:
                return so.With(leaf.Finding, new(want));
            case MeasuredCondition leaf:
                return want ? so.With(leaf.Finding, new(true)) : [];
            case OptionCondition leaf when want:
                return so.With(leaf.Finding, new(true) { Options = 1UL << leaf.Option });
            case OptionCondition leaf:
                return Enumerable.Range(0, leaf.Finding.Options.Count).Where(option => option != leaf.Option)
                    .SelectMany(option => so.With(leaf.Finding, new(true) { Options = 1UL << option }));
            case NumberCondition leaf:
                var below = leaf.Comparison is Comparison.AtMost or Comparison.Below == want;
                return so.With(
                    leaf.Finding, below ? new(true) { Most = leaf.Bound } : new(true) { Least = leaf.Bound });
            case WithinCondition lasting when want:
                return Ways(lasting.Parts[0], true, so, knowledge)
                    .SelectMany(way => way.With(lasting.Parts[0].Finding!, new(true) { StartMost = lasting.Days }));
            case PersistentCondition lasting when want:
                return Ways(lasting.Parts[0], true, so, knowledge)
                    .SelectMany(way => way.With(lasting.Parts[0].Finding!, new(true) { StartLeast = lasting.Days }));
            case WithinCondition or PersistentCondition:
                return Ways(condition.Parts[0], false, so, knowledge);
            case WorseningCondition leaf:
                return want ? so.With(leaf.Finding, new(true) { WorsensWithinDays = leaf.Days }) : [so];
            case ScoreCondition leaf:
                return Scores(leaf, want, so, knowledge);
            case NotCondition negated:
                return Ways(negated.Parts[0], !want, so, knowledge);
            case UnlessCondition exception:
                return want ? [so] : Ways(exception.Parts[0], true, so, knowledge);
            case AllCondition all:
                return want
                    ? Every(all.Parts, true, so, knowledge)
                    : all.Parts.SelectMany(part => Ways(part, false, so, knowledge));
            case AnyCondition any:
                return want
                    ? any.Parts.SelectMany(part => Ways(part, true, so, knowledge))
                    : Every(any.Parts, false, so, knowledge);
            default:
                return Every(condition.Parts, want, so, knowledge);
        }
    }

    private static IEnumerable<Wishes> Every(
        IEnumerable<Condition> parts, bool want, Wishes so, KnowledgeBase knowledge) =>
        parts.Aggregate(
            (IEnumerable<Wishes>)[so], (ways, part) => ways.SelectMany(way => Ways(part, want, way, knowledge)));

    /// <summary>
    /// A high total: satisfy items until the bound is passed even if every open item takes away, else refute those too.
    /// A low one: refute every item that adds.
    /// </summary>
    private static IEnumerable<Wishes> Scores(ScoreCondition leaf, bool want, Wishes so, KnowledgeBase knowledge)
    {
        var items = knowledge.Scores[leaf.ScoreIndex].Items;
        var high = leaf.Comparison is Comparison.AtLeast or Comparison.Above == want;
        var taken = items.Where(item => item.Points < 0).ToList();
        return high
            ? Reach(leaf.Bound - taken.Sum(item => item.Points), 0, so)
                .Concat(Every(taken.Select(item => item.When), false, so, knowledge)
                    .SelectMany(way => Reach(leaf.Bound, 0, way)))
            : Every(items.Where(item => item.Points > 0).Select(item => item.When), false, so, knowledge);

        IEnumerable<Wishes> Reach(double missing, int from, Wishes way) => missing <= 0
            ? [way]
            : Enumerable.Range(from, items.Count - from).Where(i => items[i].Points > 0)
                .SelectMany(i => Ways(items[i].When, true, way, knowledge)
                    .SelectMany(next => Reach(missing - items[i].Points, i + 1, next)));
    }

    /// <summary>What one finding should be.</summary>
    private sealed record Wish(bool Present)
    {
        public ulong Options { get; init; }

        public double Least { get; init; } = double.NegativeInfinity;

        public double Most { get; init; } = double.PositiveInfinity;

        public double StartLeast { get; init; }

        public double StartMost { get; init; } = double.PositiveInfinity;

        public int WorsensWithinDays { get; init; }

        public Wish? And(Wish other, Finding finding)
        {
            var options = Options | other.Options;
            var both = this with
            {
                Options = options,
                Least = Math.Max(Least, other.Least),
                Most = Math.Min(Most, other.Most),
                StartLeast = Math.Max(StartLeast, other.StartLeast),
                StartMost = Math.Min(StartMost, other.StartMost),
                WorsensWithinDays = Math.Max(WorsensWithinDays, other.WorsensWithinDays),
            };
            var possible = Present == other.Present && both.Least <= both.Most && both.StartLeast <= both.StartMost
                && (finding.Kind == FindingKind.Choices || ulong.PopCount(options) <= 1);
            return possible ? both : null;
        }

        public FindingHistory ToHistory(Finding finding)
        {
            var options = finding.Options.Where((_, i) => ((Options >> i) & 1) == 1).ToList();
            var started = StartLeast > 0 || StartMost < double.PositiveInfinity
                ? Moment.AddDays(-StartLeast)
                : (DateTimeOffset?)null;
            double? number = finding.Kind == FindingKind.Number ? Value(finding) : null;
            var presence = Present ? Presence.Present : Presence.Absent;
            var last = new Observation(finding.Id, presence, number, options, Moment, started);
            if (WorsensWithinDays == 0)
            {
                return new(finding.Id, [last]);
            }

            var milder = finding.WorseWhenLower ? finding.Maximum : finding.Minimum;
            var earlier = last with { Number = milder, ObservedAt = Moment.AddDays(-WorsensWithinDays / 2.0) };
            return new(finding.Id, [earlier, last]);
        }

        /// <summary>A value inside the bounds, a step away from them where there is room.</summary>
        private double Value(Finding finding)
        {
            var least = Math.Max(Least, finding.Minimum);
            var most = Math.Min(Most, finding.Maximum);
            var middle = (least + most) / 2;
            return !double.IsNegativeInfinity(Least) ? Math.Min(least + 1, middle)
                : !double.IsPositiveInfinity(Most) ? Math.Max(most - 1, middle)
                : middle;
        }
    }

    /// <summary>A wish for each of some findings. Immutable.</summary>
    private sealed class Wishes(ImmutableSortedDictionary<int, Wish> byFinding)
    {
        public static Wishes None { get; } = new(ImmutableSortedDictionary<int, Wish>.Empty);

        /// <summary>Returns these wishes with one more, or nothing when they contradict each other.</summary>
        public IEnumerable<Wishes> With(Finding finding, Wish wish)
        {
            var both = byFinding.TryGetValue(finding.Index, out var known) ? known.And(wish, finding) : wish;
            return both is null ? [] : [new(byFinding.SetItem(finding.Index, both))];
        }

        public IReadOnlyCollection<FindingHistory> ToHistories(KnowledgeBase knowledge) =>
            [.. byFinding.Select(pair => pair.Value.ToHistory(knowledge.Findings[pair.Key]))];
    }
}
