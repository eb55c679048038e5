using CsCheck;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>A condition over boolean findings, written down and evaluated without the engine.</summary>
internal sealed record ConditionModel(string Operator, int Count, IReadOnlyList<ConditionModel> Parts)
{
    public static readonly string[] Findings = ["a", "b", "e"];

    /// <summary>All ways to say present, absent or unknown of three findings.</summary>
    public static IReadOnlyList<Truth[]> Assignments { get; } =
        [.. from a in Enum.GetValues<Truth>() from b in Enum.GetValues<Truth>() from e in Enum.GetValues<Truth>()
            select new[] { a, b, e }];

    public static Gen<ConditionModel> Random(bool withUnless) => Random(3, withUnless);

    /// <summary>The value by counting, not by minimum and maximum.</summary>
    public Truth Value(Truth[] findings)
    {
        var values = Parts.Select(part => part.Value(findings)).ToList();
        var (yes, no) = (values.Count(v => v == Truth.True), values.Count(v => v == Truth.False));
        return Operator switch
        {
            "finding" => findings[Count],
            "not" => yes == 1 ? Truth.False : no == 1 ? Truth.True : Truth.Unknown,
            "unless" => yes == 1 ? Truth.False : Truth.True,
            "all" => no > 0 ? Truth.False : yes == values.Count ? Truth.True : Truth.Unknown,
            "any" => yes > 0 ? Truth.True : no == values.Count ? Truth.False : Truth.Unknown,
            _ => yes >= Count ? Truth.True : values.Count - no < Count ? Truth.False : Truth.Unknown,
        };
    }

    public override string ToString()
    {
        var parts = string.Join(", ", Parts);
        return Operator switch
        {
            "finding" => Findings[Count],
            "at-least" => $"at-least({Count}; {parts})",
            _ => $"{Operator}({parts})",
        };
    }

    /// <summary>The assignments that answer every unknown of one, each way.</summary>
    public static IEnumerable<Truth[]> Completions(Truth[] open) => Assignments.Where(full =>
        full.Zip(open).All(pair => pair.First != Truth.Unknown
            && (pair.Second == Truth.Unknown || pair.First == pair.Second)));

    public static IReadOnlyList<Observation> Observe(Truth[] assignment) =>
        [.. Findings.Zip(assignment).Where(pair => pair.Second != Truth.Unknown).Select(pair =>
            pair.Second == Truth.True ? SmallKnowledge.Present(pair.First) : SmallKnowledge.Absent(pair.First))];

    private static Gen<ConditionModel> Random(int depth, bool withUnless)
    {
        var leaf = Gen.Int[0, Findings.Length - 1].Select(finding => new ConditionModel("finding", finding, []));
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Random(depth - 1, withUnless);
        var many = inner.Array[1, 4];
        var not = inner.Select(part => new ConditionModel("not", 0, [part]));
        return Gen.OneOf(
            leaf,
            not,
            withUnless ? inner.Select(part => new ConditionModel("unless", 0, [part])) : not,
            many.Select(parts => new ConditionModel("all", 0, parts)),
            many.Select(parts => new ConditionModel("any", 0, parts)),
            many.SelectMany(parts => Gen.Int[1, parts.Length].Select(n => new ConditionModel("at-least", n, parts))));
    }
}
