using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The causes: what is known of each before and by the evidence.</summary>
internal sealed class CauseChapter(BookTexts texts)
{
    private const int StartDecimals = 4;

    private readonly ConditionText _conditions = new(texts);

    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "causes", [texts.Say("Causes", "Causes")], OwnFile: true),
        new Table(
            [
                texts.Say("Cause", "Cause"), texts.Say("Usual urgency", "Urgence habituelle"),
                texts.Say("Share of those who come", "Part de ceux qui consultent"),
                texts.Say("Must not be missed", "À ne pas manquer"),
            ],
            [.. texts.Knowledge.Causes.Select(cause => (IReadOnlyList<Phrase>[])
            [
                [texts.Link(cause)],
                [texts.Link(cause.DefaultUrgency)],
                [BookTexts.Percent(cause.Prior)],
                [cause.MustNotMiss ? texts.Say("yes", "oui") : string.Empty],
            ])]),
        .. texts.Knowledge.Causes.SelectMany(Write),
    ];

    private IEnumerable<Block> Write(Cause cause)
    {
        yield return new Heading(
            3, BookTexts.Anchor(TextKind.Cause, cause.Id), [texts[TextKind.Cause, cause.Id, "name"]], OwnFile: true);
        yield return new Paragraph(
            new Phrase(cause.Id, Ink.Code), " — ", texts[TextKind.Cause, cause.Id, "definition"],
            cause.MustNotMiss
                ? new Phrase(texts.Say(" Must not be missed.", " À ne pas manquer."), Ink.Warning)
                : string.Empty);
        yield return new Bullets(
        [
            new([texts.Label("Usual urgency", "Urgence habituelle"), texts.Link(cause.DefaultUrgency)], []),
            new(
                [
                    texts.Label("Before all evidence", "Avant toute preuve"), BookTexts.Percent(cause.Prior),
                    texts.Say(
                        " of people who come with leg pain. ",
                        " des personnes qui consultent pour une douleur de jambe. "),
                    cause.PriorBasis + " ", .. texts.Sources(cause.PriorSources),
                    texts.Say("; starts from ", " ; part de "),
                    BookTexts.Percent(Math.Round(texts.Knowledge.StartShareOf(cause), StartDecimals)),
                    texts.Say(", as some cases are selected", ", car certains cas sont sélectionnés"),
                ], []),
            .. cause.PriorModifiers.Select(modifier => _conditions.ToItem(
                modifier.When,
                new Phrase($"× {BookTexts.Number(modifier.Factor)}", Ink.Strong),
                modifier.Factor == 0
                    ? texts.Say(" (not considered) when ", " (non considérée) quand ")
                    : texts.Say(" when ", " quand "))),
            new(texts.Label("Origin and regions", "Origine et régions"),
                $"{cause.Origin}; {string.Join(", ", cause.Regions)}"),
            new(texts.Label("Codes", "Codes"), $"ICD-10 {string.Join(", ", cause.Icd10)}",
                cause.SeedNumber is null
                    ? string.Empty
                    : texts.Say($"; number {cause.SeedNumber} of the founding article",
                        $" ; numéro {cause.SeedNumber} de l'article fondateur")),
            new(
                [
                    texts.Label("Suspected by", "Suspectée par"),
                    .. BookTexts.Join(texts.Knowledge.RedFlags
                        .Where(rule => rule.Suspects.Contains(cause.Index)).Select(texts.Link)),
                ], []),
        ]);
        yield return new Heading(4, $"places-{cause.Id}", [texts.Say("Place of the pain", "Lieu de la douleur")]);
        yield return Places(cause);
        yield return new Heading(4, $"evidence-{cause.Id}", [texts.Say("Evidence", "Preuves")]);
        yield return Rows(cause);
    }

    private Table Places(Cause cause) => new(
        [
            texts.Say("Place", "Lieu"), texts.Say("Marked by", "Marqué par"), texts.Say("Of everybody", "De tous"),
            texts.Say("Basis", "Fondement"), "Sources", "Note",
        ],
        [.. cause.SiteShares.OrderBy(share => share.Key).Select(share =>
        {
            var finding = texts.Knowledge.Findings[share.Key];
            var citation = cause.SiteCitations[share.Key];
            return (IReadOnlyList<Phrase>[])
            [
                [texts.Question(finding), " ", BookTexts.Link(finding)],
                [BookTexts.Percent(share.Value)],
                [BookTexts.Percent(texts.Knowledge.SiteBase[share.Key])],
                [BookTexts.Of(citation.Basis)],
                texts.Sources(citation.Sources),
                [citation.Note ?? string.Empty],
            ];
        })]);

    private Table Rows(Cause cause) => new(
        [
            texts.Say("Answer", "Réponse"), "LR+", "LR−", texts.Say("Group", "Groupe"), texts.Say("Basis", "Fondement"),
            texts.Say("Sources (grade)", "Sources (niveau)"), "Note",
        ],
        [.. cause.Evidence.Select(row => (IReadOnlyList<Phrase>[])
        [
            _conditions.ToRow(row),
            [Ratio(row.RatioPresent, row.CutPresent)],
            [Ratio(row.RatioAbsent, row.CutAbsent)],
            [row.CorrelatedGroup ?? string.Empty],
            [BookTexts.Of(row.Basis)],
            texts.Sources(row.Sources),
            [row.Note ?? string.Empty],
        ])]);

    private string Ratio(double used, double? written) => written is { } cut
        ? texts.Say($"{BookTexts.Number(used)} (cut from {BookTexts.Number(cut)})",
            $"{BookTexts.Number(used)} (ramené de {BookTexts.Number(cut)})")
        : BookTexts.Number(used);
}
