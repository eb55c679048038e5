using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The scores, item by item, and where each is not valid.</summary>
internal sealed class ScoreChapter(BookTexts texts)
{
    private readonly ConditionText _conditions = new(texts);

    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "scores", [texts.Say("Scores", "Scores")], OwnFile: true),
        .. texts.Knowledge.Scores.SelectMany(Write),
    ];

    private IEnumerable<Block> Write(Score score)
    {
        yield return new Heading(
            3, BookTexts.Anchor(TextKind.Score, score.Id), [texts[TextKind.Score, score.Id, "name"]]);
        yield return new Paragraph(
            new Phrase(score.Id, Ink.Code), " — ", texts[TextKind.Score, score.Id, "meaning"]);
        var notValid = texts[TextKind.Score, score.Id, "not_valid"];
        yield return new Bullets(
        [
            new(texts.Label("Not valid", "Non valable"), notValid.Length > 0
                ? notValid
                : texts.Say("no limit is recorded", "aucune limite n'est notée")),
            new(
                [
                    texts.Label("Points", "Points"),
                    score.Combination == ScoreCombination.Sum
                        ? texts.Say("those of all items that hold are added", "ceux de tous les items vrais s'ajoutent")
                        : texts.Say("the item with most points counts", "l'item qui a le plus de points compte"),
                ],
                [.. score.Items.Select(WriteItem)]),
        ]);
    }

    private Item WriteItem(ScoreItem item) => _conditions.ToItem(
        item.When,
        [
            new(BookTexts.Number(item.Points), Ink.Strong), " ", new(item.Id, Ink.Code), " [",
            .. texts.Sources(item.Source.Split(';')), "]: ",
        ]);
}
