namespace LegPain.Knowledge;

/// <summary>What is wrong with a pack. Codes are permanent: a code is never given a second meaning.</summary>
public enum PackFaultCode
{
    /// <summary>KB001: not YAML, or not of the shape the file should have.</summary>
    Syntax = 1,

    /// <summary>KB002: a required field is missing.</summary>
    MissingField = 2,

    /// <summary>KB003: a field the pack format does not have.</summary>
    UnknownField = 3,

    /// <summary>KB004: a value that is not of the right kind or not one of the allowed words.</summary>
    BadValue = 4,

    /// <summary>KB005: a number outside its bounds.</summary>
    BadBound = 5,

    /// <summary>KB006: names something the pack does not have.</summary>
    UnknownId = 6,

    /// <summary>KB007: the same id, or the same row, twice.</summary>
    Duplicate = 7,

    /// <summary>KB008: a clinical statement without a source.</summary>
    MissingSource = 8,

    /// <summary>KB009: a condition that cannot be read.</summary>
    BadCondition = 9,

    /// <summary>KB010: scores that use one another in a circle.</summary>
    CyclicScore = 10,

    /// <summary>KB011: a red flag that no set of answers raises by itself.</summary>
    UnreachableRedFlag = 11,

    /// <summary>KB012: a text missing in one language, or left over in it.</summary>
    Text = 12,

    /// <summary>KB013: a cause that must not be missed, without a red flag or advice.</summary>
    Unguarded = 13,
}

/// <summary>One fault of a pack, with the place it is at.</summary>
/// <param name="File">The file within the pack.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Code">What kind of fault.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record PackFault(string File, int Line, PackFaultCode Code, string Message)
{
    /// <summary>Returns <c>file:line: KB000 message</c>, as editors and terminals link it.</summary>
    public override string ToString() => $"{File}:{Line}: KB{(int)Code:000} {Message}";
}

/// <summary>A pack that cannot be used. Carries every fault at once.</summary>
public sealed class PackException(IReadOnlyList<PackFault> faults)
    : Exception($"The knowledge pack has {faults.Count} fault(s):\n{string.Join('\n', faults)}")
{
    /// <summary>Gets every fault, by file and line.</summary>
    public IReadOnlyList<PackFault> Faults { get; } = faults;
}
