using LegPain.Engine.Knowledge;

namespace LegPain.Knowledge;

/// <summary>A pack that has been read and checked: the rules for the engine and the texts for people.</summary>
public sealed class KnowledgePack
{
    /// <summary>
    /// The language texts are authored in, and the one used when a caller asks for none that the pack has.
    /// </summary>
    public const string AuthoringLanguage = "en";

    private static readonly Lazy<KnowledgePack> LazyBuiltIn = new(() => Read(PackFile.BuiltIn()));

    private readonly Dictionary<string, PackTexts> _texts;

    internal KnowledgePack(KnowledgeBase knowledge, IReadOnlyList<PackTexts> texts)
    {
        Knowledge = knowledge;
        _texts = texts.ToDictionary(text => text.Language, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the pack that is built into this assembly. Read once.</summary>
    /// <exception cref="PackException">The pack has faults.</exception>
    public static KnowledgePack BuiltIn => LazyBuiltIn.Value;

    /// <summary>Gets the rules.</summary>
    public KnowledgeBase Knowledge { get; }

    /// <summary>Gets the languages of the texts, by two-letter code.</summary>
    public IReadOnlyCollection<string> Languages => _texts.Keys;

    /// <summary>Reads and checks a pack.</summary>
    /// <exception cref="PackException">The pack has faults; the exception carries all of them.</exception>
    public static KnowledgePack Read(IReadOnlyList<PackFile> files)
    {
        var (pack, faults) = PackReader.Read(files);
        return pack ?? throw new PackException(faults);
    }

    /// <summary>
    /// Returns the texts in the first language of an Accept-Language list that the pack has, or the authoring language.
    /// </summary>
    /// <param name="acceptLanguage">
    /// Such as <c>fr-CH, fr;q=0.9, en;q=0.8</c>; null for no wish. Order counts; q is not read.
    /// </param>
    public PackTexts Texts(string? acceptLanguage = null)
    {
        foreach (var wish in (acceptLanguage ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
        {
            var end = wish.AsSpan().IndexOfAny('-', ';');
            if (_texts.TryGetValue(end < 0 ? wish : wish[..end], out var texts))
            {
                return texts;
            }
        }

        return _texts[AuthoringLanguage];
    }
}
