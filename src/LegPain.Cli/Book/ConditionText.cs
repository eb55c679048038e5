using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Book;

/// <summary>Puts conditions in words: the questions and the answers that make them hold.</summary>
internal sealed class ConditionText(BookTexts texts)
{
    /// <summary>Returns a condition as an entry, its parts below it.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="before">What stands before it on its line.</param>
    public Item ToItem(Condition condition, params IReadOnlyList<Phrase> before)
    {
        if (ToLine(condition) is { } line)
        {
            return new([.. before, .. line], []);
        }

        var form = ConditionForm.Of(condition);
        return form.Kind switch
        {
            ConditionKind.All => Of(texts.Say("all of these:", "tout ceci :")),
            ConditionKind.Any => Of(texts.Say("any of these:", "au moins un de ceux-ci :")),
            ConditionKind.AtLeast => Of(texts.Say($"at least {form.Count} of these:",
                $"au moins {form.Count} de ceux-ci :")),
            ConditionKind.Not => Inner(
                texts.Say("known to be otherwise:", "on sait que ceci n'est pas le cas :"),
                texts.Say("none of these, and that is known:", "aucun de ceux-ci, et on le sait :")),
            _ => Inner(
                texts.Say("except when this is known to be so:", "sauf si l'on sait que :"),
                texts.Say("except when any of these is known to be so:", "sauf si l'on sait au moins un de ceux-ci :")),
        };

        Item Of(string head) => new([.. before, head], [.. Parts(condition)]);

        Item Inner(string one, string any)
        {
            var inner = condition.Parts[0];
            return ConditionForm.Of(inner).Kind == ConditionKind.Any && ToLine(inner) is null
                ? new([.. before, any], [.. Parts(inner)])
                : new([.. before, one], [ToItem(inner)]);
        }
    }

    /// <summary>Returns a condition about one finding or score on one line, or null when it is about more.</summary>
    public IReadOnlyList<Phrase>? ToLine(Condition condition)
    {
        var form = ConditionForm.Of(condition);
        switch (form.Kind)
        {
            case ConditionKind.Score:
                var score = texts.Knowledge.Scores[condition.Score!.Value];
                return [texts.Link(score), ": ", Strong(Bound(form, texts.Say("points", "points")))];
            case ConditionKind.Within or ConditionKind.KnownWithin or ConditionKind.Persistent:
                return ToLine(condition.Parts[0]) is { } held ? [.. held, ", ", Strong(Since(form))] : null;
            case ConditionKind.Not when ConditionForm.Of(condition.Parts[0]).Kind == ConditionKind.Present:
                return Answer(condition.Parts[0].Finding!, texts.Say("no", "non"));
            case ConditionKind.Not when ConditionForm.Of(condition.Parts[0]) is { Kind: ConditionKind.Option } option:
                var finding = condition.Parts[0].Finding!;
                return Answer(finding, texts.Say("not: ", "non pas : ") + texts.Label(finding, option.Option!));
            case ConditionKind.All:
                return Range(condition);
            case ConditionKind.Any:
                return Options(condition.Parts);
            default:
                return condition.Finding is { } asked ? Answer(asked, Value(form, asked)) : null;
        }
    }

    /// <summary>Returns what a row of evidence asks for.</summary>
    public IReadOnlyList<Phrase> ToRow(Evidence row) =>
        ToLine(row.When) ?? [new(row.When.ToString()!, Ink.Code)];

    private string Value(ConditionForm form, Finding finding) => form.Kind switch
    {
        ConditionKind.Present => texts.Say("yes", "oui"),
        ConditionKind.Option => texts.Label(finding, form.Option!),
        ConditionKind.Number => Bound(form, finding.Unit),
        ConditionKind.Worsening => texts.Say(
            $"the values of the last {form.Count} days get worse",
            $"les valeurs des {form.Count} derniers jours empirent"),
        _ => texts.Say("any value", "une valeur quelconque"),
    };

    private string Bound(ConditionForm form, string? unit)
    {
        var bound = $"{BookTexts.Number(form.Bound)} {unit}".TrimEnd();
        return form.Comparison switch
        {
            Comparison.AtLeast => texts.Say($"{bound} or more", $"{bound} ou plus"),
            Comparison.AtMost => texts.Say($"{bound} or less", $"{bound} ou moins"),
            Comparison.Above => texts.Say($"above {bound}", $"plus de {bound}"),
            _ => texts.Say($"below {bound}", $"moins de {bound}"),
        };
    }

    private string Since(ConditionForm form) => form.Kind switch
    {
        ConditionKind.Within => texts.Say(
            $"begun within the last {form.Count} days", $"apparu depuis {form.Count} jours au plus"),
        ConditionKind.KnownWithin => texts.Say(
            $"known to have begun within the last {form.Count} days",
            $"dont on sait l'apparition depuis {form.Count} jours au plus"),
        _ => texts.Say($"for at least {form.Count} days", $"depuis au moins {form.Count} jours"),
    };

    /// <summary>Two bounds of one number: one line.</summary>
    private IReadOnlyList<Phrase>? Range(Condition condition)
    {
        if (condition.Parts is not [{ Finding: { } finding } low, { } high] || high.Finding != finding)
        {
            return null;
        }

        var (first, second) = (ConditionForm.Of(low), ConditionForm.Of(high));
        if (first.Kind != ConditionKind.Number || second.Kind != ConditionKind.Number)
        {
            return null;
        }

        var (from, to) = (BookTexts.Number(first.Bound), $"{BookTexts.Number(second.Bound)} {finding.Unit}");
        return Answer(finding, (first.Comparison, second.Comparison) == (Comparison.AtLeast, Comparison.AtMost)
            ? texts.Say($"{from} to {to}", $"{from} à {to}")
            : texts.Say(
                $"{Bound(first, null)} and {Bound(second, finding.Unit)}",
                $"{Bound(first, null)} et {Bound(second, finding.Unit)}"));
    }

    /// <summary>The parts as entries; options of one finding, any of which will do, share a line.</summary>
    private IEnumerable<Item> Parts(Condition whole) =>
        ConditionForm.Of(whole).Kind != ConditionKind.Any
            ? whole.Parts.Select(part => ToItem(part))
            : whole.Parts
                .GroupBy<Condition, object>(part =>
                    ConditionForm.Of(part).Kind == ConditionKind.Option ? part.Finding! : part)
                .Select(group => Options([.. group]) is { } line ? new(line, []) : ToItem(group.First()));

    /// <summary>Several options of one finding, any of which will do: one line; null when they are not that.</summary>
    private IReadOnlyList<Phrase>? Options(IReadOnlyList<Condition> parts)
    {
        var forms = parts.Select(ConditionForm.Of).ToList();
        return parts[0].Finding is not { } finding || parts.Any(part => part.Finding != finding)
            || forms.Exists(form => form.Kind != ConditionKind.Option)
            ? null
            : Answer(finding, string.Join(
                texts.Say(" – or ", " – ou "), forms.Select(form => texts.Label(finding, form.Option!))));
    }

    private IReadOnlyList<Phrase> Answer(Finding finding, string answer) =>
        [texts.Question(finding) + " ", Strong(answer), " ", BookTexts.Link(finding)];

    private static Phrase Strong(string text) => new(text, Ink.Strong);
}
