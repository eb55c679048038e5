using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>A whole pack as a book that a clinician reviews without reading YAML.</summary>
/// <remarks>The same pack and language give the same blocks: no date, no order but the pack's own.</remarks>
internal static class KnowledgeBook
{
    /// <summary>Returns the book.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="language">A two-letter code; null or one the pack lacks for the authoring language.</param>
    /// <returns>The title first; the language of the texts in the second value.</returns>
    public static (IReadOnlyList<Block> Blocks, string Language) Of(KnowledgePack pack, string? language)
    {
        var texts = new BookTexts(pack, language);
        List<Block> body =
        [
            .. new ReviewChapter(texts).Write(),
            .. new ModelChapter(texts).Write(),
            .. new RedFlagChapter(texts).Write(),
            .. new CauseChapter(texts).Write(),
            .. new ScoreChapter(texts).Write(),
            .. new GuidanceChapters(texts).Write(),
            .. new FindingChapter(texts).Write(),
            .. new SourceChapter(texts).Write(),
        ];
        return ([.. Front(texts), .. Contents(texts, body), .. body], texts.Language);
    }

    private static IEnumerable<Block> Front(BookTexts texts)
    {
        var knowledge = texts.Knowledge;
        yield return new Heading(1, "top", [texts.Say(
            $"The knowledge of {knowledge.Id} {knowledge.Version}",
            $"Les connaissances de {knowledge.Id} {knowledge.Version}")]);
        yield return new Paragraph(texts.Say(
            "Everything the engine decides by, for review. It supports a clinician's decision and makes no diagnosis. "
            + "It is not a certified medical device, and no clinician has signed its figures. Content: sha256 ",
            "Tout ce sur quoi le moteur décide, pour relecture. Il aide un clinicien à décider et ne pose aucun "
            + "diagnostic. Ce n'est pas un dispositif médical certifié, et aucun clinicien n'a signé ses chiffres. "
            + "Contenu : sha256 "), new Phrase(knowledge.Hash, Ink.Code), ".");
        yield return new Heading(2, "reading", [texts.Say("How to read it", "Comment lire")]);
        yield return new Bullets([.. HowToRead.Select(pair => new Item(texts.Say(pair.English, pair.French)))]);
        yield return new Table(
            [texts.Say("Basis", "Fondement"), texts.Say("How a statement came about", "D'où vient une affirmation")],
            [.. Bases.Select(row => (IReadOnlyList<Phrase>[])
                [[BookTexts.Of(row.Basis)], [texts.Say(row.English, row.French)]])]);
    }

    /// <summary>Every chapter, and in it what has a heading of its own.</summary>
    private static IEnumerable<Block> Contents(BookTexts texts, IEnumerable<Block> body)
    {
        yield return new Heading(2, "contents", [texts.Say("Contents", "Sommaire")]);
        var chapters = new List<(Heading Chapter, List<Item> Parts)>();
        foreach (var heading in body.OfType<Heading>())
        {
            if (heading.Level == 2)
            {
                chapters.Add((heading, []));
            }
            else if (heading.Level == 3)
            {
                chapters[^1].Parts.Add(new(Entry(heading)));
            }
        }

        yield return new Bullets([.. chapters.Select(chapter => new Item([Entry(chapter.Chapter)], chapter.Parts))]);

        static Phrase Entry(Heading heading) =>
            new(string.Concat(heading.Text.Select(phrase => phrase.Text)), Link: "#" + heading.Anchor);
    }

    private static readonly (string English, string French)[] HowToRead =
    [
        ("A condition is written as questions and the answers that make it hold. The word in code is the finding's id.",
            "Une condition est écrite comme des questions et les réponses qui la rendent vraie. Le mot en chasse fixe "
            + "est l'identifiant de l'élément."),
        ("What was not asked, or is not known, is unknown: never a no. A red flag is raised when its condition is "
            + "true, cleared when it is known to be false, and open in between.",
            "Ce qui n'a pas été demandé, ou n'est pas su, est inconnu : jamais un non. Un signal d'alerte est levé "
            + "quand sa condition est vraie, écarté quand on la sait fausse, et ouvert entre les deux."),
        ("An exception holds a rule back only when it is known to be so.",
            "Une exception ne retient une règle que si l'on sait qu'elle est vraie."),
        ("A beginning that is not known counts as recent where a condition says 'within the last days', and as unknown "
            + "where it says 'for at least'.",
            "Un début inconnu compte comme récent là où une condition dit « depuis … au plus », et comme inconnu là où "
            + "elle dit « depuis au moins »."),
        ("LR+ is the likelihood ratio of a cause when the row holds, LR− when the question was answered and no row of "
            + "that cause and finding holds. Both are shown as the engine uses them, held within the row's cap. Rows "
            + "of one group give one vote together, the strongest.",
            "LR+ est le rapport de vraisemblance d'une cause quand la ligne est vraie, LR− quand la question a une "
            + "réponse et qu'aucune ligne de cette cause et de cet élément n'est vraie. Tous deux sont montrés tels "
            + "que le moteur les utilise, dans la limite de la ligne. Les lignes d'un groupe donnent un seul vote, le "
            + "plus fort."),
        ("A basis in red rests on no publication, or goes against the founding article: review these first.",
            "Un fondement en rouge ne repose sur aucune publication, ou contredit l'article fondateur : à relire "
            + "d'abord."),
    ];

    private static readonly (Basis Basis, string English, string French)[] Bases =
    [
        (Basis.Published, "printed in the source", "imprimé dans la source"),
        (Basis.Derived, "computed from figures printed in the source", "calculé à partir de chiffres de la source"),
        (Basis.Guideline, "a guideline, in its own text", "une recommandation, dans son texte même"),
        (Basis.GuidelineSecondary, "a guideline, through somebody's digest",
            "une recommandation, à travers un résumé d'autrui"),
        (Basis.Seed, "the founding article", "l'article fondateur"),
        (Basis.SeedContradicted, "the founding article says otherwise; the evidence is followed",
            "l'article fondateur dit autre chose ; les preuves sont suivies"),
        (Basis.SeedUnsupported, "the founding article says so; no evidence was found",
            "l'article fondateur le dit ; aucune preuve n'a été trouvée"),
        (Basis.Ordinal, "a step of an ordinal scale, chosen by us: only the direction may come from the source",
            "un degré d'une échelle ordinale, choisi par nous : seule la direction peut venir de la source"),
        (Basis.Memory, "well known, but not seen in a source: check before use",
            "bien connu, mais non vu dans une source : à vérifier avant usage"),
        (Basis.Judgment, "a judgment of ours", "un jugement de notre part"),
    ];
}
