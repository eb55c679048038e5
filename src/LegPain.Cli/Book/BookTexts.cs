using System.Globalization;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>How the book names what the pack holds, in one language.</summary>
internal sealed class BookTexts(KnowledgePack pack, string? language)
{
    private readonly PackTexts _texts = pack.Texts(language);

    private readonly Dictionary<string, Source> _sources = pack.Knowledge.Sources.ToDictionary(
        source => source.Key, StringComparer.Ordinal);

    public KnowledgeBase Knowledge { get; } = pack.Knowledge;

    /// <summary>Gets the language of the texts: the authoring one when the pack lacks the one wished for.</summary>
    public string Language => _texts.Language;

    /// <summary>Returns words of the book itself in its language.</summary>
    public string Say(string english, string french) => Language == "fr" ? french : english;

    /// <summary>Returns the words before a fact, in the book's language.</summary>
    public Phrase Label(string english, string french) => new(Say($"{english}: ", $"{french} : "), Ink.Strong);

    /// <summary>Returns a text of the pack.</summary>
    public string this[TextKind kind, string id, string field] => _texts[kind, id, field];

    public string Question(Finding finding) => _texts[TextKind.Finding, finding.Id, "question"];

    public string Label(Finding finding, string option) => _texts[TextKind.Finding, finding.Id, "option:" + option];

    public static Phrase Link(Finding finding) => new(finding.Id, Ink.Code, "#" + Anchor(TextKind.Finding, finding.Id));

    public static Phrase Link(Advice advice) => new(advice.Id, Ink.Code, "#" + Anchor(TextKind.Advice, advice.Id));

    public Phrase Link(Cause cause) => Link(TextKind.Cause, cause.Id, "name");

    public Phrase Link(RedFlag rule) => Link(TextKind.RedFlag, rule.Id, "title");

    public Phrase Link(Score score) => Link(TextKind.Score, score.Id, "name");

    public Phrase Link(Examination examination) => Link(TextKind.Examination, examination.Id, "name");

    public Phrase Link(Urgency urgency) => Link(TextKind.Urgency, Word(urgency), "name");

    /// <summary>Returns sources, each with its grade and a link to what it is.</summary>
    public IReadOnlyList<Phrase> Sources(IEnumerable<string> keys) => Join(keys.Select(key => (Phrase[])
    [
        new(key, Link: "#" + SourceAnchor(key)),
        _sources.TryGetValue(key, out var source) ? $" ({Word(source.Grade)})" : string.Empty,
    ]));

    /// <summary>Returns a basis; one that a reviewer must look at stands out.</summary>
    public static Phrase Of(Basis basis) => new(Word(basis), NeedsReview(basis) ? Ink.Warning : Ink.Plain);

    /// <summary>Returns whether a basis is no publication, or goes against the founding article.</summary>
    public static bool NeedsReview(Basis basis) =>
        basis is Basis.Ordinal or Basis.Memory or Basis.Judgment or Basis.SeedContradicted or Basis.SeedUnsupported;

    /// <summary>Returns a limit in words.</summary>
    public string Within(TimeSpan? limit) => limit switch
    {
        null => Say("no time limit", "sans délai fixé"),
        { Ticks: 0 } => Say("at once", "sur-le-champ"),
        { TotalHours: <= 48 } hours => Say($"within {Number(hours.TotalHours)} hours",
            $"dans les {Number(hours.TotalHours)} heures"),
        { } days => Say($"within {Number(days.TotalDays)} days", $"dans les {Number(days.TotalDays)} jours"),
    };

    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.####", CultureInfo.InvariantCulture) + " %";

    /// <summary>Returns a word as packs write it, such as <c>same-day</c>.</summary>
    public static string Word(Enum value) => string.Concat(value.ToString().Select((c, at) =>
        (char.IsAsciiLetterUpper(c) && at > 0 ? "-" : string.Empty) + char.ToLowerInvariant(c)));

    public static string Word(EvidenceGrade grade) =>
        grade is EvidenceGrade.A or EvidenceGrade.B or EvidenceGrade.C ? grade.ToString() : Word((Enum)grade);

    public static string Anchor(TextKind kind, string id) => $"{Word(kind)}-{id}";

    public static string SourceAnchor(string key) => $"source-{key}";

    /// <summary>Returns phrases one after another with commas between.</summary>
    public static IReadOnlyList<Phrase> Join(IEnumerable<IReadOnlyList<Phrase>> parts) =>
        [.. parts.SelectMany((part, at) => at == 0 ? part : [", ", .. part])];

    public static IReadOnlyList<Phrase> Join(IEnumerable<Phrase> parts) =>
        Join(parts.Select(part => (IReadOnlyList<Phrase>)[part]));

    private Phrase Link(TextKind kind, string id, string field) =>
        new(_texts[kind, id, field], Link: "#" + Anchor(kind, id));
}
