using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>A three-valued expression over findings: what a rule, a score item or a prior modifier waits for.</summary>
/// <remarks>
/// The notation is described in <c>src/LegPain.Knowledge/README.md</c> and read by <see cref="ConditionParser"/>.
/// A condition is immutable and bound to the findings of one knowledge base.
/// </remarks>
public abstract class Condition
{
    private protected Condition()
    {
    }

    /// <summary>Gets the conditions this one is made of; empty for a leaf.</summary>
    public virtual IReadOnlyList<Condition> Parts => [];

    /// <summary>Gets the finding a leaf asks about, or null.</summary>
    public virtual Finding? Finding => null;

    /// <summary>Gets the position of the score a leaf asks about, or null.</summary>
    public virtual int? Score => null;

    /// <summary>
    /// Gets whether an answer nobody gave may decide it by convention: an exception is none, a beginning is recent.
    /// </summary>
    public virtual bool HasConvention => false;

    /// <summary>Evaluates the condition. Pure; allocates nothing.</summary>
    internal abstract Truth Evaluate(in Facts facts);

    /// <summary>Gets the condition and all it is made of, outermost first.</summary>
    public IEnumerable<Condition> SelfAndParts()
    {
        yield return this;
        foreach (var part in Parts)
        {
            foreach (var inner in part.SelfAndParts())
            {
                yield return inner;
            }
        }
    }
}

/// <summary><c>f</c>: a boolean finding is present.</summary>
internal sealed class PresentCondition(Finding finding) : Condition
{
    public override Finding Finding { get; } = finding;

    internal override Truth Evaluate(in Facts facts)
    {
        ref readonly var answer = ref facts.Case.Answer(Finding.Index);
        return !answer.Known ? Truth.Unknown
            : answer.Presence == Presence.Present ? Truth.True
            : facts.ConventionsAreOpen && MayYetFollow(facts) ? Truth.Unknown
            : Truth.False;
    }

    /// <summary>Returns whether an answer that is still open could make the finding present after all.</summary>
    private bool MayYetFollow(in Facts facts) =>
        facts.Case.Knowledge.DerivationOf(Finding)?.When.Evaluate(facts) == Truth.Unknown;

    public override string ToString() => Finding.Id;
}

/// <summary><c>f=option</c>: a choice is, or a set of choices holds, the option.</summary>
internal sealed class OptionCondition(Finding finding, int option) : Condition
{
    public override Finding Finding { get; } = finding;

    public int Option { get; } = option;

    internal override Truth Evaluate(in Facts facts)
    {
        ref readonly var answer = ref facts.Case.Answer(Finding.Index);
        return answer.Known ? (((answer.Options >> Option) & 1) == 1).ToTruth() : Truth.Unknown;
    }

    public override string ToString() => $"{Finding.Id}={Finding.Options[Option]}";
}

/// <summary>How a number is compared with a bound.</summary>
public enum Comparison
{
    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;</c></summary>
    Above,

    /// <summary><c>&lt;</c></summary>
    Below,
}

/// <summary><c>f&gt;=n</c> and its kin: a number compared with a bound, in the finding's unit.</summary>
internal sealed class NumberCondition(Finding finding, Comparison comparison, double bound) : Condition
{
    public override Finding Finding { get; } = finding;

    public Comparison Comparison { get; } = comparison;

    public double Bound { get; } = bound;

    internal override Truth Evaluate(in Facts facts)
    {
        ref readonly var answer = ref facts.Case.Answer(Finding.Index);
        return answer.Known ? Compare(answer.Number, Comparison, Bound).ToTruth() : Truth.Unknown;
    }

    internal static bool Compare(double value, Comparison comparison, double bound) => comparison switch
    {
        Comparison.AtLeast => value >= bound,
        Comparison.AtMost => value <= bound,
        Comparison.Above => value > bound,
        _ => value < bound,
    };

    internal static string Sign(Comparison comparison) => comparison switch
    {
        Comparison.AtLeast => ">=",
        Comparison.AtMost => "<=",
        Comparison.Above => ">",
        _ => "<",
    };

    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Finding.Id}{Sign(Comparison)}{Bound}");
}

/// <summary><c>f</c> inside <c>persistent</c> when f is a number: any value was given.</summary>
internal sealed class MeasuredCondition(Finding finding) : Condition
{
    public override Finding Finding { get; } = finding;

    internal override Truth Evaluate(in Facts facts) =>
        facts.Case.Answer(Finding.Index).Known ? Truth.True : Truth.Unknown;

    public override string ToString() => Finding.Id;
}

/// <summary>
/// <c>within(f, Nd)</c> and <c>known-within(f, Nd)</c>: present, and begun no more than N days ago.
/// </summary>
/// <remarks>
/// An unknown beginning counts as recent, so that a new sign in an old pain is never taken for an old sign; under
/// <c>known-within</c> it leaves the condition unknown. Only a beginning that was told makes it old: two observations
/// do not show that it was there between them, and telling of a sign once more must not lower an urgency.
/// </remarks>
internal sealed class WithinCondition(Condition leaf, int days, bool isKnown) : Condition
{
    public override bool HasConvention => !IsKnown;

    /// <summary>Gets whether the beginning must be known.</summary>
    public bool IsKnown { get; } = isKnown;

    public override IReadOnlyList<Condition> Parts { get; } = [leaf];

    public int Days { get; } = days;

    internal override Truth Evaluate(in Facts facts)
    {
        var held = leaf.Evaluate(facts);
        if (held != Truth.True)
        {
            return held;
        }

        var age = facts.Case.DaysSinceStart(leaf.Finding!);
        if (!double.IsNaN(age))
        {
            return (age <= Days).ToTruth();
        }

        return IsKnown || facts.ConventionsAreOpen ? Truth.Unknown : Truth.True;
    }

    public override string ToString() => $"{(IsKnown ? "known-within" : "within")}({leaf}, {Days}d)";
}

/// <summary><c>persistent(f, Nd)</c>: present for at least N days. An unknown beginning leaves it unknown.</summary>
internal sealed class PersistentCondition(Condition leaf, int days) : Condition
{
    public override IReadOnlyList<Condition> Parts { get; } = [leaf];

    public int Days { get; } = days;

    internal override Truth Evaluate(in Facts facts)
    {
        var held = leaf.Evaluate(facts);
        if (held != Truth.True)
        {
            return held;
        }

        var age = facts.Case.DaysSinceStart(leaf.Finding!);
        return age >= Days || facts.Case.Answer(leaf.Finding!.Index).DaysSeen >= Days ? Truth.True
            : double.IsNaN(age) ? Truth.Unknown
            : Truth.False;
    }

    public override string ToString() => $"persistent({leaf}, {Days}d)";
}

/// <summary>
/// <c>worsening(f, Nd)</c>: of the values of the last N days, the newest is the worst and worse than the first.
/// </summary>
/// <remarks>
/// A second look at what was measured anyway, which can only raise: with one value there is no trend yet and it is
/// False, so that the question whether it gets worse can clear the rule. Unknown while nothing was measured.
/// </remarks>
internal sealed class WorseningCondition(Finding finding, int days) : Condition
{
    public override Finding Finding { get; } = finding;

    public int Days { get; } = days;

    internal override Truth Evaluate(in Facts facts) => facts.Case.Worsening(Finding, Days);

    public override string ToString() => $"worsening({Finding.Id}, {Days}d)";
}

/// <summary>
/// <c>score(s)&gt;=n</c>: a score compared with a bound; unknown while open items still allow both answers.
/// </summary>
internal sealed class ScoreCondition(string scoreId, int scoreIndex, Comparison comparison, double bound) : Condition
{
    public string ScoreId { get; } = scoreId;

    public int ScoreIndex { get; } = scoreIndex;

    public override int? Score => ScoreIndex;

    public Comparison Comparison { get; } = comparison;

    public double Bound { get; } = bound;

    internal override Truth Evaluate(in Facts facts)
    {
        var (lowest, highest) = facts.Scores[ScoreIndex];
        var low = NumberCondition.Compare(lowest, Comparison, Bound);
        var high = NumberCondition.Compare(highest, Comparison, Bound);
        return low == high ? low.ToTruth() : Truth.Unknown;
    }

    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"score({ScoreId}){NumberCondition.Sign(Comparison)}{Bound}");
}

/// <summary><c>not(x)</c>: Kleene's negation.</summary>
internal sealed class NotCondition(Condition inner) : Condition
{
    public override IReadOnlyList<Condition> Parts { get; } = [inner];

    internal override Truth Evaluate(in Facts facts) => inner.Evaluate(facts).Not();

    public override string ToString() => $"not({inner})";
}

/// <summary><c>unless(x)</c>: an exception. Holds as long as x is not known to be true.</summary>
/// <remarks>
/// The one place where unknown decides, and it decides for the rule: an exception nobody has stated is none.
/// </remarks>
internal sealed class UnlessCondition(Condition inner) : Condition
{
    public override bool HasConvention => true;

    public override IReadOnlyList<Condition> Parts { get; } = [inner];

    internal override Truth Evaluate(in Facts facts)
    {
        var excepted = inner.Evaluate(facts);
        return facts.ConventionsAreOpen ? excepted.Not() : (excepted != Truth.True).ToTruth();
    }

    public override string ToString() => $"unless({inner})";
}

/// <summary><c>all(x, y, ..)</c>: Kleene's and.</summary>
internal sealed class AllCondition(Condition[] parts) : Condition
{
    private readonly Condition[] _parts = parts;

    public override IReadOnlyList<Condition> Parts => _parts;

    internal override Truth Evaluate(in Facts facts)
    {
        var result = Truth.True;
        foreach (var part in _parts)
        {
            result = result.And(part.Evaluate(facts));
            if (result == Truth.False)
            {
                break;
            }
        }

        return result;
    }

    public override string ToString() => $"all({string.Join(", ", Parts)})";
}

/// <summary><c>any(x, y, ..)</c>: Kleene's or.</summary>
internal sealed class AnyCondition(Condition[] parts) : Condition
{
    private readonly Condition[] _parts = parts;

    public override IReadOnlyList<Condition> Parts => _parts;

    internal override Truth Evaluate(in Facts facts)
    {
        var result = Truth.False;
        foreach (var part in _parts)
        {
            result = result.Or(part.Evaluate(facts));
            if (result == Truth.True)
            {
                break;
            }
        }

        return result;
    }

    public override string ToString() => $"any({string.Join(", ", Parts)})";
}

/// <summary><c>at-least(n; x, y, ..)</c>: n or more hold.</summary>
internal sealed class AtLeastCondition(int count, Condition[] parts) : Condition
{
    private readonly Condition[] _parts = parts;

    public override IReadOnlyList<Condition> Parts => _parts;

    public int Count { get; } = count;

    internal override Truth Evaluate(in Facts facts)
    {
        int held = 0, open = 0;
        foreach (var part in _parts)
        {
            var value = part.Evaluate(facts);
            held += value == Truth.True ? 1 : 0;
            open += value == Truth.Unknown ? 1 : 0;
        }

        return held >= Count ? Truth.True : held + open >= Count ? Truth.Unknown : Truth.False;
    }

    public override string ToString() => $"at-least({Count}; {string.Join(", ", Parts)})";
}
