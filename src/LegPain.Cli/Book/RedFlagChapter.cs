using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The rules that force urgency, most urgent first.</summary>
internal sealed class RedFlagChapter(BookTexts texts)
{
    private readonly ConditionText _conditions = new(texts);

    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "red-flags", [texts.Say("Red flags", "Signaux d'alerte")], OwnFile: true),
        .. texts.Knowledge.RedFlags.SelectMany(Write),
    ];

    private IEnumerable<Block> Write(RedFlag rule)
    {
        var knowledge = texts.Knowledge;
        yield return new Heading(
            3, BookTexts.Anchor(TextKind.RedFlag, rule.Id), [texts[TextKind.RedFlag, rule.Id, "title"]]);
        yield return new Paragraph(
            new Phrase(rule.Id, Ink.Code), " — ", texts.Link(rule.Urgency), ", ", texts.Within(rule.ActWithin), ". ",
            texts[TextKind.RedFlag, rule.Id, "because"]);
        yield return new Bullets(
        [
            _conditions.ToItem(rule.When, texts.Label("Raised by", "Levé par")),
            new(
                [
                    texts.Label("Suspects", "Fait penser à"),
                    .. BookTexts.Join(rule.Suspects.Select(cause => texts.Link(knowledge.Causes[cause]))),
                ], []),
            new(texts.Label("Settled by", "Tranché par"), texts.Link(knowledge.Examinations[rule.Discriminator])),
            new(
                [texts.Label("Basis", "Fondement"), BookTexts.Of(rule.Basis), "; ", .. texts.Sources(rule.Sources)],
                []),
        ]);
    }
}
