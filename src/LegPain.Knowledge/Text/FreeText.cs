using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge.Text;

/// <summary>What a text says of one finding. A proposal: the speaker confirms it before it is reported.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Presence">
/// Unknown when the speaker is unsure, speaks of the past, or names a finding without the value it needs.
/// </param>
/// <param name="Number">The number, in the finding's unit; null unless present.</param>
/// <param name="Options">The option or options; empty unless present.</param>
/// <param name="BeganDaysAgo">How many days ago it began, when the clause says so; null otherwise.</param>
/// <param name="Start">Where its words begin, in UTF-16 code units.</param>
/// <param name="Length">How long they are, at least 1. They may enclose words that belong to something else.</param>
/// <param name="IsUncertain">Whether the words leave it open: doubt, an approximate number, a contradiction.</param>
public sealed record Mention(
    Finding Finding,
    Presence Presence,
    double? Number,
    IReadOnlyList<string> Options,
    double? BeganDaysAgo,
    int Start,
    int Length,
    bool IsUncertain);

/// <summary>What a text says.</summary>
/// <param name="Mentions">Each finding at most once, by where its words begin.</param>
/// <param name="RedFlags">The rules that the present mentions alone raise, most urgent first.</param>
public sealed record ParsedText(IReadOnlyList<Mention> Mentions, IReadOnlyList<RedFlag> RedFlags);

/// <summary>Reads what people say of themselves. Pure: a text is always read the same way, and never fails.</summary>
public static class FreeText
{
    /// <summary>Most UTF-16 code units of a text.</summary>
    public const int CharactersMax = 2000;

    // Only distances in time matter to the rules, so any moment will do.
    private static readonly DateTimeOffset Now = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Finds the mentions of a text and the red flags they raise.</summary>
    /// <param name="knowledge">The findings and rules.</param>
    /// <param name="texts">The language, with its lexicon.</param>
    /// <param name="text">Any text; the cost is linear in its length.</param>
    public static ParsedText Parse(KnowledgeBase knowledge, PackTexts texts, string text)
    {
        var mentions = MentionReader.Read(knowledge, new(texts.Lexicon, text));
        return new(mentions, RaisedBy(knowledge, mentions));
    }

    private static IReadOnlyList<RedFlag> RaisedBy(KnowledgeBase knowledge, IReadOnlyList<Mention> mentions)
    {
        var present = mentions.Where(mention => mention.Presence == Presence.Present)
            .Select(mention => new Observation(
                mention.Finding.Id, Presence.Present, mention.Number, mention.Options, Now,
                mention.BeganDaysAgo is { } days ? Now.AddDays(-days) : null))
            .ToList();
        if (present.Count == 0)
        {
            return [];
        }

        var assessment = Assessor.Assess(ClinicalCase.Build(knowledge, ClinicalCase.Group(present), Now));
        var states = assessment.RedFlags.ToArray();
        return [.. knowledge.RedFlags.Where(rule => states[rule.Index] == Truth.True)];
    }
}
