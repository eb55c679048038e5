using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>What can be asked, seen or measured, by group.</summary>
internal sealed class FindingChapter(BookTexts texts)
{
    private readonly ConditionText _conditions = new(texts);

    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "findings", [texts.Say("Findings", "Éléments cliniques")], OwnFile: true),
        .. texts.Knowledge.Findings.GroupBy(finding => finding.Group).SelectMany(Write),
    ];

    private IEnumerable<Block> Write(IGrouping<FindingGroup, Finding> group)
    {
        yield return new Heading(3, $"group-{group.Key.Id}", [group.Key.Id]);
        yield return new Paragraph(
            group.Key.OutlivesEpisode
                ? texts.Say(
                    "Belongs to the person: outlives an episode.", "Appartient à la personne : survit à l'épisode.")
                : texts.Say("Belongs to the episode.", "Appartient à l'épisode."),
            group.Key.StartsWithEpisode
                ? texts.Say(" Begins with the pain when no other beginning is known.",
                    " Commence avec la douleur si aucun autre début n'est connu.")
                : string.Empty);
        yield return new Table(
            [
                "Id", texts.Say("Question", "Question"), texts.Say("Definition", "Définition"),
                texts.Say("Answers", "Réponses"), texts.Say("Answered by", "Répond"),
            ],
            [.. group.Select(finding => (IReadOnlyList<Phrase>[])
            [
                [new(finding.Id, Ink.Code, Anchor: BookTexts.Anchor(TextKind.Finding, finding.Id))],
                [texts.Question(finding)],
                [texts[TextKind.Finding, finding.Id, "definition"]],
                [.. Answers(finding), .. Absence(finding)],
                [Who(finding.AnsweredBy)],
            ])]);
        var derivations = group.Select(texts.Knowledge.DerivationOf).OfType<Derivation>().ToList();
        if (derivations.Count > 0)
        {
            yield return new Paragraph(texts.Say(
                "Taken for present, whatever was answered, when this is so:",
                "Tenu pour présent, quoi qu'on ait répondu, quand ceci est vrai :"));
            yield return new Bullets([.. derivations.Select(derivation => _conditions.ToItem(
                derivation.When,
                [new(derivation.Finding.Id, Ink.Code), " (", .. texts.Sources(derivation.Sources), "): "]))]);
        }
    }

    private IReadOnlyList<Phrase> Answers(Finding finding) => finding.Kind switch
    {
        FindingKind.Boolean => [texts.Say("yes or no", "oui ou non")],
        FindingKind.Number =>
        [
            texts.Say($"{BookTexts.Number(finding.Minimum)} to {BookTexts.Number(finding.Maximum)} {finding.Unit}",
                $"{BookTexts.Number(finding.Minimum)} à {BookTexts.Number(finding.Maximum)} {finding.Unit}"),
        ],
        _ =>
        [
            finding.Kind == FindingKind.Choice ? texts.Say("one of: ", "un parmi : ")
                : texts.Say("any of: ", "un ou plusieurs parmi : "),
            .. BookTexts.Join(finding.Options.Select(option => (Phrase[])
                [texts.Label(finding, option), " ", new(option, Ink.Code)])),
        ],
    };

    /// <summary>
    /// What a no stands for, how long an answer holds and which way a number is worse, where that is not plain.
    /// </summary>
    private IEnumerable<Phrase> Absence(Finding finding)
    {
        if (finding.AbsentOption is { } option)
        {
            yield return texts.Say("; no stands for ", " ; non vaut ");
            yield return new(option, Ink.Code);
        }

        if (finding.AbsentNumber is { } number)
        {
            yield return texts.Say("; no stands for ", " ; non vaut ") + BookTexts.Number(number);
        }

        if (finding.EndsWithEpisode)
        {
            yield return texts.Say("; asked again in each episode", " ; redemandé à chaque épisode");
        }

        if (finding.WorseWhenLower)
        {
            yield return texts.Say("; a lower number is worse", " ; plus bas, c'est pire");
        }
    }

    private string Who(AnsweredBy who) => who switch
    {
        AnsweredBy.Patient => texts.Say("patient", "patient"),
        AnsweredBy.Clinician => texts.Say("clinician", "clinicien"),
        _ => texts.Say("measurement", "mesure"),
    };
}
