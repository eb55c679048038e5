using System.Diagnostics;

namespace LegPain.Engine.Knowledge;

/// <summary>What a condition is, in the notation of <c>src/LegPain.Knowledge/README.md</c>.</summary>
public enum ConditionKind
{
    /// <summary><c>f</c>: a boolean finding is present.</summary>
    Present,

    /// <summary><c>f=option</c></summary>
    Option,

    /// <summary><c>f&gt;=n</c> and its kin.</summary>
    Number,

    /// <summary>A number of any value was given.</summary>
    Measured,

    /// <summary><c>within(f, Nd)</c></summary>
    Within,

    /// <summary><c>known-within(f, Nd)</c></summary>
    KnownWithin,

    /// <summary><c>persistent(f, Nd)</c></summary>
    Persistent,

    /// <summary><c>worsening(f, Nd)</c></summary>
    Worsening,

    /// <summary><c>score(s)&gt;=n</c> and its kin.</summary>
    Score,

    /// <summary><c>not(x)</c></summary>
    Not,

    /// <summary><c>unless(x)</c></summary>
    Unless,

    /// <summary><c>all(x, ..)</c></summary>
    All,

    /// <summary><c>any(x, ..)</c></summary>
    Any,

    /// <summary><c>at-least(n; x, ..)</c></summary>
    AtLeast,
}

/// <summary>
/// A condition laid open for whoever puts it in words. What it asks about and is made of are its own properties.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Option">The option's id when it asks for one, or null.</param>
/// <param name="Comparison">How a number or a score is compared; of no meaning for the other kinds.</param>
/// <param name="Bound">What it is compared with: in the finding's unit, or in points.</param>
/// <param name="Count">The days it looks back, or how many parts must hold; otherwise 0.</param>
public readonly record struct ConditionForm(
    ConditionKind Kind, string? Option = null, Comparison Comparison = default, double Bound = 0, int Count = 0)
{
    /// <summary>Returns the form of a condition.</summary>
    public static ConditionForm Of(Condition condition) => condition switch
    {
        PresentCondition => new(ConditionKind.Present),
        OptionCondition option => new(ConditionKind.Option, option.Finding.Options[option.Option]),
        NumberCondition number => new(ConditionKind.Number, null, number.Comparison, number.Bound),
        MeasuredCondition => new(ConditionKind.Measured),
        WithinCondition within => new(
            within.IsKnown ? ConditionKind.KnownWithin : ConditionKind.Within, Count: within.Days),
        PersistentCondition persistent => new(ConditionKind.Persistent, Count: persistent.Days),
        WorseningCondition worsening => new(ConditionKind.Worsening, Count: worsening.Days),
        ScoreCondition score => new(ConditionKind.Score, null, score.Comparison, score.Bound),
        NotCondition => new(ConditionKind.Not),
        UnlessCondition => new(ConditionKind.Unless),
        AllCondition => new(ConditionKind.All),
        AnyCondition => new(ConditionKind.Any),
        AtLeastCondition atLeast => new(ConditionKind.AtLeast, Count: atLeast.Count),
        _ => throw new UnreachableException(),
    };
}
