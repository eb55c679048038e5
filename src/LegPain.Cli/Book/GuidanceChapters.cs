using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The examinations that settle something, and the advice meanwhile.</summary>
internal sealed class GuidanceChapters(BookTexts texts)
{
    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "examinations", [texts.Say("Examinations", "Examens")], OwnFile: true),
        .. texts.Knowledge.Examinations.SelectMany(Write),
        new Heading(2, "advice", [texts.Say("Advice", "Conseils")], OwnFile: true),
        .. texts.Knowledge.Advice.SelectMany(Write),
    ];

    private IEnumerable<Block> Write(Examination examination)
    {
        var knowledge = texts.Knowledge;
        yield return new Heading(
            3, BookTexts.Anchor(TextKind.Examination, examination.Id),
            [texts[TextKind.Examination, examination.Id, "name"]]);
        yield return new Paragraph(
            new Phrase(examination.Id, Ink.Code), $" — {examination.Kind}, {examination.DoneBy}. ",
            texts[TextKind.Examination, examination.Id, "when"]);
        yield return new Bullets(
        [
            new(texts.Label("Accuracy", "Précision"), texts[TextKind.Examination, examination.Id, "accuracy"]),
            Causes(texts.Label("Settles", "Tranche"), examination.Causes),
            new(
                [
                    texts.Label("Recorded as", "Noté comme"),
                    .. BookTexts.Join(examination.Findings.Select(at => BookTexts.Link(knowledge.Findings[at]))),
                ], []),
            new([texts.Label("Sources", "Sources"), .. texts.Sources(examination.Sources)], []),
        ]);
    }

    private IEnumerable<Block> Write(Advice advice)
    {
        var doNot = texts[TextKind.Advice, advice.Id, "do_not"];
        yield return new Heading(3, BookTexts.Anchor(TextKind.Advice, advice.Id), [new(advice.Id, Ink.Code)]);
        yield return new Bullets(
        [
            new(
                [
                    texts.Label("For", "Pour"),
                    .. BookTexts.Join([
                        .. advice.Urgencies.Select(texts.Link),
                        .. advice.Causes.Select(cause => texts.Link(texts.Knowledge.Causes[cause]))]),
                ], []),
            .. advice.AtMost == Urgency.Immediate ? (Item[])[]
                : [new([texts.Label("At most at", "Au plus à"), texts.Link(advice.AtMost)], [])],
            .. advice.NotWith.Count == 0 ? (Item[])[]
                : [Causes(texts.Label("Not with", "Pas avec"), advice.NotWith)],
            new(texts.Label("Do", "À faire"), texts[TextKind.Advice, advice.Id, "do"]),
            .. doNot.Length == 0 ? (Item[])[] : [new(texts.Label("Do not", "À éviter"), doNot)],
            new(
                [texts.Label("Basis", "Fondement"), BookTexts.Of(advice.Basis), "; ", .. texts.Sources(advice.Sources)],
                []),
        ]);
    }

    private Item Causes(Phrase label, IEnumerable<int> causes) =>
        new([label, .. BookTexts.Join(causes.Select(cause => texts.Link(texts.Knowledge.Causes[cause])))], []);
}
