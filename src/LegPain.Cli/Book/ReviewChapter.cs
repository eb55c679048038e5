using LegPain.Engine.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>What a clinician must still review, counted from the pack itself.</summary>
internal sealed class ReviewChapter(BookTexts texts)
{
    private const string Judgment = "Judgment";

    public IEnumerable<Block> Write()
    {
        var knowledge = texts.Knowledge;
        yield return new Heading(
            2, "review", [texts.Say("What must still be reviewed", "Ce qui reste à relire")], OwnFile: true);
        yield return new Paragraph(texts.Say(
            "Counts by basis. Every prior, every factor on a prior and every French text needs review as well, "
            + "whatever its basis.",
            "Décompte par fondement. Toute fréquence de départ, tout facteur et tout texte français sont aussi à "
            + "relire, quel que soit leur fondement."));
        var citations = knowledge.Causes.SelectMany(cause => cause.SiteCitations.Values).ToList();
        (string Name, List<(Basis Basis, IReadOnlyList<string> Sources)> Rows)[] kinds =
        [
            (texts.Say("red flags", "signaux d'alerte"), [.. knowledge.RedFlags.Select(x => (x.Basis, x.Sources))]),
            (texts.Say("evidence rows", "lignes de preuve"), [.. knowledge.Evidence.Select(x => (x.Basis, x.Sources))]),
            (texts.Say("shares of places", "parts des lieux"), [.. citations.Select(x => (x.Basis, x.Sources))]),
            (texts.Say("advice", "conseils"), [.. knowledge.Advice.Select(x => (x.Basis, x.Sources))]),
        ];
        yield return new Table(
            [texts.Say("Basis", "Fondement"), .. kinds.Select(kind => kind.Name)],
            [
                .. Enum.GetValues<Basis>().Select(basis => (IReadOnlyList<Phrase>[])
                [
                    [BookTexts.Of(basis)],
                    .. kinds.Select(kind => Cell(kind.Rows.Count(row => row.Basis == basis))),
                ]),
                [
                    [texts.Say("with no source but our judgment", "sans autre source que notre jugement")],
                    .. kinds.Select(kind => Cell(kind.Rows.Count(row => row.Sources.All(key => key == Judgment)))),
                ],
                [[texts.Say("all", "en tout")], .. kinds.Select(kind => Cell(kind.Rows.Count))],
            ]);
        yield return Counts(
            texts.Say("Sources by how much of them was read", "Sources selon ce qui en a été lu"),
            knowledge.Sources.GroupBy(source => source.Read));
        yield return Counts(
            texts.Say("Sources by grade", "Sources par niveau de preuve"),
            knowledge.Sources.GroupBy(source => BookTexts.Word(source.Grade)));
        yield return new Heading(3, "review-red-flags", [texts.Say(
            "Red flags that rest on a judgment, on memory or against the founding article",
            "Signaux d'alerte fondés sur un jugement, de mémoire ou contre l'article fondateur")]);
        yield return new Bullets([.. knowledge.RedFlags.Where(rule => BookTexts.NeedsReview(rule.Basis)).Select(rule =>
            new Item(texts.Link(rule), ": ", BookTexts.Of(rule.Basis)))]);
        yield return new Heading(3, "review-seed", [texts.Say(
            "Where the founding article says otherwise, or alone says so",
            "Là où l'article fondateur dit autre chose, ou est seul à le dire")]);
        var conditions = new ConditionText(texts);
        yield return new Bullets(
        [
            .. knowledge.RedFlags.Where(rule => IsAgainstSeed(rule.Basis)).Select(rule =>
                new Item(texts.Link(rule), " — ", BookTexts.Of(rule.Basis))),
            .. knowledge.Evidence.Where(row => IsAgainstSeed(row.Basis)).Select(row =>
                new Item(
                    [
                        texts.Link(knowledge.Causes[row.Cause]), ": ", .. conditions.ToRow(row), " — ",
                        BookTexts.Of(row.Basis),
                    ], [])),
            .. knowledge.Advice.Where(advice => IsAgainstSeed(advice.Basis)).Select(advice =>
                new Item(BookTexts.Link(advice), " — ", BookTexts.Of(advice.Basis))),
        ]);
    }

    private static bool IsAgainstSeed(Basis basis) => basis is Basis.SeedContradicted or Basis.SeedUnsupported;

    private static Table Counts(string head, IEnumerable<IGrouping<string, Source>> groups) => new(
        [head, "N"],
        [.. groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
            (IReadOnlyList<Phrase>[])[[group.Key], Cell(group.Count())])]);

    private static IReadOnlyList<Phrase> Cell(int count) => [BookTexts.Number(count)];
}
