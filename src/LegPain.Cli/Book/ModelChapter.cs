using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The figures of the model and the levels of urgency.</summary>
internal sealed class ModelChapter(BookTexts texts)
{
    public IEnumerable<Block> Write()
    {
        var model = texts.Knowledge.Model;
        yield return new Heading(
            2, "model", [texts.Say("The figures of the model", "Les chiffres du modèle")], OwnFile: true);
        yield return new Bullets(
        [
            new(texts.Say("Share of 'something else', which no evidence moves: ",
                "Part de « autre chose », qu'aucune preuve ne déplace : "), BookTexts.Number(model.SomethingElsePrior)),
            new(texts.Say(
                "Share of cases taken to be brought because something is out of the ordinary; among them each cause "
                + "starts as likely as any other, among the rest with its own share: ",
                "Part des cas supposés amenés parce que quelque chose sort de l'ordinaire ; parmi eux, chaque cause "
                + "est au départ aussi probable qu'une autre, et parmi les autres elle a sa propre part : "),
                BookTexts.Percent(model.SelectedShare)),
            new(texts.Say(
                "A dangerous cause counts as excluded once every red flag that suspects it is cleared and its "
                + "probability is below: ",
                "Une cause dangereuse compte comme exclue quand tous les signaux d'alerte qui la font suspecter sont "
                + "écartés et que sa probabilité est inférieure à : "),
                BookTexts.Percent(model.ExclusionProbability)),
            new(texts.Say(
                "To choose the next question, and for nothing else: share of patients expected to have a finding "
                + "that no answer so far makes likelier: ",
                "Pour choisir la question suivante, et pour rien d'autre : part des patients supposés avoir un élément "
                + "qu'aucune réponse ne rend encore plus probable : "),
                BookTexts.Percent(model.QuestionBaseShare)),
            new(texts.Say(
                "A question about causes is asked only if it is expected to bring at least this much information, in "
                + "nats; questions of red flags are asked whatever they bring: ",
                "Une question sur les causes n'est posée que si elle doit apporter au moins cette information, en "
                + "nats ; celles des signaux d'alerte sont posées quoi qu'elles apportent : "),
                BookTexts.Number(model.QuestionGainMin)),
            new(texts.Say("Share of patients who mark a place that a cause does not name: ",
                "Part des patients qui marquent un lieu qu'une cause ne nomme pas : "),
                BookTexts.Percent(model.SiteDefaultShare)),
            new(texts.Say("A place alone moves a cause by at most, either way: × ",
                "Un lieu seul déplace une cause d'au plus, dans les deux sens : × "),
                BookTexts.Number(model.SiteRatioMax)),
            new(texts.Say("Highest urgency that a leading cause gives when no red flag is raised: ",
                "Urgence la plus haute que donne la cause en tête quand aucun signal n'est levé : "),
                texts.Link(model.RankingUrgencyMax)),
            new(texts.Say("The start of the pain: ", "Le début de la douleur : "),
                BookTexts.Link(model.EpisodeStartFinding)),
            new(texts.Say("The age: ", "L'âge : "), BookTexts.Link(model.AgeFinding)),
        ]);
        yield return new Heading(3, "urgencies", [texts.Say("Levels of urgency", "Niveaux d'urgence")]);
        yield return new Table(
            [
                texts.Say("Level", "Niveau"), texts.Say("What to do", "Que faire"),
                texts.Say("At the latest", "Au plus tard"), texts.Say("Where", "Où"), "Sources",
            ],
            [.. Enum.GetValues<Urgency>().OrderDescending().Select(Row)]);
    }

    private IReadOnlyList<Phrase>[] Row(Urgency urgency)
    {
        var (level, id) = (texts.Knowledge.LevelOf(urgency), BookTexts.Word(urgency));
        return
        [
            [
                new(texts[TextKind.Urgency, id, "name"], Ink.Strong, Anchor: BookTexts.Anchor(TextKind.Urgency, id)),
                " ", new(id, Ink.Code),
            ],
            [texts[TextKind.Urgency, id, "act"]],
            [texts.Within(level.ActWithin)],
            [level.Service],
            texts.Sources(level.Source.Split(';')),
        ];
    }
}
