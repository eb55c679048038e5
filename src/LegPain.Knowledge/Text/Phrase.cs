using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge.Text;

/// <summary>What a phrase says of its finding.</summary>
internal enum Saying : byte
{
    /// <summary>The finding is there: a yes, an option, or the number in the phrase.</summary>
    Present,

    /// <summary>The finding is not there.</summary>
    Absent,

    /// <summary>The finding is spoken of, but not which option or number it has.</summary>
    Named,
}

/// <summary>What stands for a number in a phrase. Negative, so that it is never the position of a word set.</summary>
internal static class Slot
{
    /// <summary><c>&lt;#&gt;</c>: a number without a unit.</summary>
    public const int Number = -1;

    /// <summary><c>&lt;#time&gt;</c>: a number and a unit of time, or a moment such as yesterday.</summary>
    public const int Time = -2;

    /// <summary><c>&lt;#length&gt;</c>: a number and a unit of length.</summary>
    public const int Length = -3;
}

/// <summary>A way of saying a finding: a head, and what must stand near it.</summary>
/// <param name="Order">The position in the lexicon.</param>
/// <param name="Finding">The finding.</param>
/// <param name="Saying">What it says of it.</param>
/// <param name="Option">The option, when it says one.</param>
/// <param name="IsShared">
/// Whether the head may belong to another phrase too: the pain of "a burning calf" has both a place and a quality.
/// </param>
/// <param name="Parts">
/// The head first, then what stands near it on either side. A part is a sequence of word sets and slots, in order.
/// </param>
internal sealed record Phrase(int Order, Finding Finding, Saying Saying, string? Option, bool IsShared, int[][] Parts);

/// <summary>One word of a lexicon.</summary>
/// <param name="Text">The word, or the beginning of one. A singular stands for its plural too.</param>
/// <param name="IsPrefix">Whether any word that begins so will do.</param>
internal readonly record struct Pattern(string Text, bool IsPrefix)
{
    public bool Matches(in Token token) => IsPrefix
        ? token.Word.StartsWith(Text, StringComparison.Ordinal)
        : string.Equals(token.Word, Text, StringComparison.Ordinal)
            || string.Equals(token.Stem, Text, StringComparison.Ordinal);

    public override string ToString() => IsPrefix ? Text + "*" : Text;
}
