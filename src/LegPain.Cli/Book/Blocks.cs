namespace LegPain.Cli.Book;

/// <summary>How a phrase stands out.</summary>
internal enum Ink
{
    Plain,
    Strong,
    Code,
    Warning,
}

/// <summary>Text of one ink.</summary>
/// <param name="Text">The text, as it is read: a form encodes it.</param>
/// <param name="Ink">How it stands out.</param>
/// <param name="Link">An anchor of the book with its <c>#</c>, or a web address; null for no link.</param>
/// <param name="Anchor">What links to this place say, without the <c>#</c>; null for none.</param>
internal readonly record struct Phrase(string Text, Ink Ink = Ink.Plain, string? Link = null, string? Anchor = null)
{
    public static implicit operator Phrase(string text) => new(text);
}

/// <summary>An entry of a list.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Parts">The entries below it.</param>
internal sealed record Item(IReadOnlyList<Phrase> Text, IReadOnlyList<Item> Parts)
{
    public Item(params Phrase[] text)
        : this(text, [])
    {
    }
}

/// <summary>A piece of the book, whatever form it is written in.</summary>
internal abstract record Block;

/// <summary>A heading.</summary>
/// <param name="Level">1 is the title, 2 a chapter, and so on to 4.</param>
/// <param name="Anchor">What links to it say, without the <c>#</c>.</param>
/// <param name="Text">What it says.</param>
/// <param name="OwnFile">Whether a file of its own begins here when the book is written as several.</param>
internal sealed record Heading(int Level, string Anchor, IReadOnlyList<Phrase> Text, bool OwnFile = false) : Block;

internal sealed record Paragraph(params IReadOnlyList<Phrase> Text) : Block;

internal sealed record Bullets(IReadOnlyList<Item> Items) : Block;

/// <summary>A table; each row has as many cells as the head.</summary>
internal sealed record Table(IReadOnlyList<string> Head, IReadOnlyList<IReadOnlyList<Phrase>[]> Rows) : Block;
