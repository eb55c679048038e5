namespace LegPain.Knowledge.Text;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    /// <summary>Letters and digits that begin with a letter.</summary>
    Word,

    /// <summary>Digits, perhaps with a decimal point or comma.</summary>
    Number,

    /// <summary>A sign that phrases may name: a slash, a colon, or a hyphen between figures.</summary>
    Sign,

    /// <summary>A comma, a bracket or the end of a line: a clause may end here.</summary>
    Comma,

    /// <summary>The end of a sentence.</summary>
    Stop,

    /// <summary>The end of a sentence that asks.</summary>
    Question,
}

/// <summary>One word, number or sign of a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Word">In lower case, without accents.</param>
/// <param name="Stem">The word without a plural ending: what is looked up.</param>
/// <param name="Number">The value of a number; 0 otherwise.</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends, exclusive.</param>
internal readonly record struct Token(TokenKind Kind, string Word, string Stem, double Number, int Start, int End)
{
    /// <summary>Gets whether nothing reaches across it: the end of a sentence.</summary>
    public bool IsStop => Kind is TokenKind.Stop or TokenKind.Question;

    /// <summary>Gets whether it separates clauses or sentences.</summary>
    public bool IsBreak => Kind >= TokenKind.Comma;
}
