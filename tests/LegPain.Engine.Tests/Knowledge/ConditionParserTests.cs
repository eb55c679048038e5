using CsCheck;
using LegPain.Engine.Knowledge;
using Xunit;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>The notation of conditions: what it takes, what it gives back, and the line of each fault.</summary>
public sealed class ConditionParserTests
{
    private const int DepthMax = 32;

    private static readonly Gen<string> Leaf = Gen.OneOf(
        Gen.OneOf("a", "b", "p", "c=none", "c=x", "d=y", "m=z"),
        Gen.Select(Gen.OneOf(">=", "<=", ">", "<"), Gen.Int[0, 40], (sign, bound) =>
            FormattableString.Invariant($"n{sign}{bound / 4.0}")),
        Gen.Select(Gen.OneOf(">=", "<=", ">", "<"), Gen.Int[-9, 9], (sign, bound) => $"score(s){sign}{bound}"),
        Gen.Select(Gen.OneOf("a", "c=y", "m=x", "n>=3"), Gen.Int[1, 400], (leaf, days) => $"within({leaf}, {days}d)"),
        Gen.Select(Gen.OneOf("a", "c=y", "n", "n<3"), Gen.Int[1, 400], (leaf, days) => $"persistent({leaf}, {days}d)"),
        Gen.Select(Gen.OneOf("n", "walk"), Gen.Int[1, 400], (finding, days) => $"worsening({finding}, {days}d)"));

    private SmallKnowledge Vocabulary { get; } =
        new SmallKnowledge().Score("s", ScoreCombination.Sum, ("a", 1), ("b", -2));

    [Fact]
    public void Parse_OfWhatAConditionPrints_IsThatCondition() =>
        Conditions(3).Sample(text => Assert.Equal(text, Parse(text)), iter: 2000);

    [Fact]
    public void Parse_WithSpaceAndLinesAnywhereBetweenWords_IsTheSameCondition() =>
        Gen.Select(Conditions(3), Gen.OneOf(" ", "\n", "\r\n  ", "\t")).Sample((text, space) =>
        {
            var spaced = text.Replace("(", $"{space}({space}", StringComparison.Ordinal)
                .Replace(")", $"{space}){space}", StringComparison.Ordinal)
                .Replace(", ", $"{space},{space}", StringComparison.Ordinal)
                .Replace("; ", $"{space};{space}", StringComparison.Ordinal);

            Assert.Equal(text, Parse(spaced));
        }, iter: 500);

    [Theory]
    [InlineData("c = x", "c=x")]
    [InlineData("n >= 3", "n>=3")]
    [InlineData("within(c = x, 3 d)", "within(c=x, 3d)")]
    [InlineData("score(s) < 1", "score(s)<1")]
    public void Parse_WithSpaceAroundAComparison_IsTheSameCondition(string spaced, string condition) =>
        Assert.Equal(condition, Parse(spaced));

    [Fact]
    public void Parse_OfTheLongestTimeLimit_IsRead() =>
        Assert.Equal("within(a, 36500d)", Parse("within(a, 36500d)"));

    [Theory]
    [InlineData("", "Expected a finding or an operator before ''.")]
    [InlineData("   ", "Expected a finding or an operator before ''.")]
    [InlineData("A", "Expected a finding or an operator before 'A'.")]
    [InlineData("a b", "'b' is left over after the condition.")]
    [InlineData("a)", "')' is left over after the condition.")]
    [InlineData("a of-twenty-characters", "'of-twenty-characters' is left over after the condition.")]
    [InlineData("a and-also-much-more-of-it", "'and-also-much-more-o..' is left over after the condition.")]
    [InlineData("some(a)", "'some' is no operator: ")]
    [InlineData("all()", "Expected a finding or an operator before ')'.")]
    [InlineData("all(a, )", "Expected a finding or an operator before ')'.")]
    [InlineData("all(a", "Expected ')' before ''.")]
    [InlineData("not(a, b)", "Expected ')' before ', b)'.")]
    [InlineData("unless()", "Expected a finding or an operator before ')'.")]
    [InlineData("at-least(a, b)", "Expected a number before 'a, b)'.")]
    [InlineData("at-least(2, a, b)", "Expected ';' before ', a, b)'.")]
    [InlineData("at-least(0; a, b)", "at-least(0; ..) has 2 parts: it must ask for 1 to 2.")]
    [InlineData("at-least(3; a, b)", "at-least(3; ..) has 2 parts: it must ask for 1 to 2.")]
    [InlineData("at-least(1.5; a, b)", "at-least(1.5; ..) has 2 parts: it must ask for 1 to 2.")]
    [InlineData("within()", "Expected a finding before ')'.")]
    [InlineData("within(a)", "Expected ',' before ')'.")]
    [InlineData("within(a, 14)", "Expected 'd' before ')'.")]
    [InlineData("within(a, 0d)", "A time limit is a whole number of days, such as 14d; at most 36500.")]
    [InlineData("within(a, -1d)", "A time limit is a whole number of days, such as 14d; at most 36500.")]
    [InlineData("within(a, 1.5d)", "A time limit is a whole number of days, such as 14d; at most 36500.")]
    [InlineData("within(a, 36501d)", "A time limit is a whole number of days, such as 14d; at most 36500.")]
    [InlineData("within(all(a, b), 14d)", "Unknown finding 'all'.")]
    [InlineData("within(n, 14d)", "'n' is not a boolean: compare it with a value.")]
    [InlineData("persistent(c, 14d)", "'c' is not a boolean: compare it with a value.")]
    [InlineData("worsening()", "Expected a finding before ')'.")]
    [InlineData("worsening(a, 14d)", "worsening(a) needs a number.")]
    [InlineData("worsening(zzz, 14d)", "Unknown finding 'zzz'.")]
    [InlineData("score()", "Expected a score before ')'.")]
    [InlineData("score(s)", "Expected a comparison: >=, <=, > or <.")]
    [InlineData("score(s)>=", "Expected a number before ''.")]
    [InlineData("score(zzz)>=1", "Unknown score 'zzz'.")]
    [InlineData("zzz", "Unknown finding 'zzz'.")]
    [InlineData("zzz=x", "Unknown finding 'zzz'.")]
    [InlineData("zzz>=1", "Unknown finding 'zzz'.")]
    [InlineData("n", "'n' is not a boolean: compare it with a value.")]
    [InlineData("c", "'c' is not a boolean: compare it with a value.")]
    [InlineData("c=", "Expected an option before ''.")]
    [InlineData("c=zzz", "'zzz' is no option of c: none, x, y.")]
    [InlineData("a=x", "'a' has no options.")]
    [InlineData("a>=1", "'a' is not a number and cannot be compared.")]
    [InlineData("n>=1.2.3", "Expected a number before '1.2.3'.")]
    [InlineData("n>=-0.1", "-0.1 is outside the range of n: 0 to 10.")]
    [InlineData("n<10.1", "10.1 is outside the range of n: 0 to 10.")]
    public void Parse_OfBadText_SaysWhatIsWrong(string text, string message)
    {
        var condition = ConditionParser.Parse(text, Vocabulary, out var faults);

        Assert.Null(condition);
        Assert.StartsWith(message, faults[0].Message, StringComparison.Ordinal);
        Assert.Equal(0, faults[0].Line);
    }

    [Theory]
    [InlineData("all(a,\n  zzz,\n  b)", 1)]
    [InlineData("all(\n  a,\n  zzz\n)", 2)]
    [InlineData("all(\n  n\n)", 1)]
    [InlineData("all(a,\n  within(zzz,\n  14d))", 1)]
    [InlineData("all(a,\n  within(a,\n  0d\n  ))", 2)]
    [InlineData("all(a,\n  c=zzz\n)", 1)]
    [InlineData("all(a,\n  n>=11\n)", 1)]
    [InlineData("any(a,\n  at-least(3;\n  a, b))", 1)]
    [InlineData("all(a,\n  worsening(a,\n 1d))", 1)]
    [InlineData("all(a,\n  score(zzz\n)\n>=1)", 1)]
    [InlineData("all(a,\n  b b)", 1)]
    [InlineData("all(a,\n  b\n", 1)]
    [InlineData("all(a,\n  some(b))", 1)]
    [InlineData("a\nb\n", 1)]
    public void Parse_OfBadTextOverLines_NamesTheLineOfTheFault(string text, int line)
    {
        _ = ConditionParser.Parse(text, Vocabulary, out var faults);

        var fault = Assert.Single(faults);
        Assert.Equal(line, fault.Line);
    }

    [Fact]
    public void Parse_WithSeveralFaultsOfVocabulary_NamesThemAll()
    {
        const string Text = "all(zzz,\n  any(yyy, c=q),\n  n>=11, score(t)>=1)";

        var condition = ConditionParser.Parse(Text, Vocabulary, out var faults);

        Assert.Null(condition);
        Assert.Equal([0, 1, 1, 2, 2], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Parse_AfterAFaultOfVocabulary_StillNamesTheFaultOfGrammar()
    {
        _ = ConditionParser.Parse("all(zzz, b", Vocabulary, out var faults);

        Assert.Equal(["Unknown finding 'zzz'.", "Expected ')' before ''."], faults.Select(fault => fault.Message));
    }

    [Fact]
    public void Parse_NestedToTheLimit_IsRead()
    {
        var text = Nested(DepthMax);

        Assert.Equal(text, Parse(text));
    }

    [Fact]
    public void Parse_NestedPastTheLimit_IsAFault()
    {
        _ = ConditionParser.Parse(Nested(DepthMax + 1), Vocabulary, out var faults);

        Assert.Equal("Nested deeper than 32.", Assert.Single(faults).Message);
    }

    [Fact]
    public void Parse_OfAnyText_NeverThrows() =>
        Gen.OneOf(
            Gen.Char["abn(),;=<>0123456789.- \n"].Array[0, 40].Select(chars => new string(chars)),
            Gen.OneOf("all(", "any(", "not(", "within(", "worsening(", "score(", "at-least(", "a", "n", "c", "zzz", ",",
                ";", ")", "=", ">=", "<", "1", "99999999999d", "14d", "x", "\n")
                    .Array[0, 12].Select(words => string.Concat(words)))
            .Sample(text =>
            {
                var condition = ConditionParser.Parse(text, Vocabulary, out var faults);

                Assert.Equal(faults.Count > 0, condition is null);
                Assert.All(faults, fault => Assert.InRange(fault.Line, 0, text.Count(c => c == '\n')));
            }, iter: 5000);

    [Fact]
    public void SelfAndParts_OfACondition_GoOutermostFirst()
    {
        var parts = Vocabulary.Parse("all(a, not(within(c=x, 3d)))").SelfAndParts().Select(part => part.ToString());

        Assert.Equal(
            ["all(a, not(within(c=x, 3d)))", "a", "not(within(c=x, 3d))", "within(c=x, 3d)", "c=x"], parts);
    }

    [Theory]
    [InlineData("a", ConditionKind.Present)]
    [InlineData("c=x", ConditionKind.Option)]
    [InlineData("n>=3", ConditionKind.Number)]
    [InlineData("within(a, 3d)", ConditionKind.Within)]
    [InlineData("known-within(a, 3d)", ConditionKind.KnownWithin)]
    [InlineData("persistent(n, 3d)", ConditionKind.Persistent)]
    [InlineData("worsening(n, 3d)", ConditionKind.Worsening)]
    [InlineData("score(s)>=1", ConditionKind.Score)]
    [InlineData("not(a)", ConditionKind.Not)]
    [InlineData("unless(a)", ConditionKind.Unless)]
    [InlineData("all(a, b)", ConditionKind.All)]
    [InlineData("any(a, b)", ConditionKind.Any)]
    [InlineData("at-least(1; a, b)", ConditionKind.AtLeast)]
    public void Form_OfACondition_IsOfItsOutermostKind(string condition, ConditionKind kind) =>
        Assert.Equal(kind, ConditionForm.Of(Vocabulary.Parse(condition)).Kind);

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("not(", depth - 1)) + "a" + new string(')', depth - 1);

    private string Parse(string text)
    {
        var condition = ConditionParser.Parse(text, Vocabulary, out var faults);
        Assert.Empty(faults);
        return condition!.ToString()!;
    }

    private static Gen<string> Conditions(int depth)
    {
        if (depth == 0)
        {
            return Leaf;
        }

        var inner = Conditions(depth - 1);
        var many = inner.Array[1, 4];
        return Gen.OneOf(
            Leaf,
            Gen.Select(Gen.OneOf("not", "unless"), inner, (word, part) => $"{word}({part})"),
            Gen.Select(Gen.OneOf("all", "any"), many, (word, parts) => $"{word}({string.Join(", ", parts)})"),
            many.SelectMany(parts =>
                Gen.Int[1, parts.Length].Select(count => $"at-least({count}; {string.Join(", ", parts)})")));
    }
}
