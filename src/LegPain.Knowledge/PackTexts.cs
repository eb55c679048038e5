using System.Collections.Frozen;
using LegPain.Knowledge.Text;

namespace LegPain.Knowledge;

/// <summary>What a text belongs to.</summary>
public enum TextKind
{
    /// <summary>A finding: question, definition and the labels of its options.</summary>
    Finding,

    /// <summary>A cause: name and definition.</summary>
    Cause,

    /// <summary>A red flag: title and because.</summary>
    RedFlag,

    /// <summary>A score: name, meaning, not_valid.</summary>
    Score,

    /// <summary>An examination: name, accuracy, when.</summary>
    Examination,

    /// <summary>Advice: do and do_not.</summary>
    Advice,

    /// <summary>A level of urgency: name and act.</summary>
    Urgency,
}

/// <summary>What people read, in one language. Decisions never depend on it.</summary>
public sealed class PackTexts
{
    private readonly FrozenDictionary<(TextKind Kind, string Id, string Field), string> _texts;

    internal PackTexts(
        string language, IReadOnlyDictionary<(TextKind, string, string), string> texts, Lexicon lexicon)
    {
        Language = language;
        Lexicon = lexicon;
        _texts = texts.ToFrozenDictionary();
    }

    /// <summary>Gets the language as a two-letter code, such as <c>en</c>.</summary>
    public string Language { get; }

    /// <summary>Gets how people say the findings in this language.</summary>
    internal Lexicon Lexicon { get; }

    internal IEnumerable<(TextKind Kind, string Id, string Field)> Keys => _texts.Keys;

    /// <summary>Returns a text, or the empty string when the pack has none for this field.</summary>
    /// <param name="kind">What it belongs to.</param>
    /// <param name="id">The id of that.</param>
    /// <param name="field">
    /// The field in the pack's own name, such as <c>question</c>; an option's label is <c>option:</c> and its id.
    /// </param>
    public string this[TextKind kind, string id, string field] =>
        _texts.GetValueOrDefault((kind, id, field), string.Empty);
}
