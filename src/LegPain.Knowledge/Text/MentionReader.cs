using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge.Text;

/// <summary>Turns the phrases of a text into mentions: one a finding, with what governs it applied.</summary>
internal sealed class MentionReader
{
    private const int SecondsPerDay = 86_400;

    private readonly KnowledgeBase _knowledge;
    private readonly TextScan _scan;
    private readonly Scopes _scopes;
    private readonly List<PhraseMatch> _matches;
    private readonly Beginnings _beginnings;

    private MentionReader(KnowledgeBase knowledge, TextScan scan)
    {
        _knowledge = knowledge;
        _scan = scan;
        var matches = PhraseMatcher.Find(scan);
        _scopes = new(scan, matches);
        _matches = [.. matches.Where(match => !_scopes.IsOfAnother(match))];
        _beginnings = new(scan, _scopes, _matches, EpisodeStart);
    }

    private Finding EpisodeStart => _knowledge.Model.EpisodeStartFinding;

    /// <summary>Returns the mentions of a text, by where they begin.</summary>
    public static IReadOnlyList<Mention> Read(KnowledgeBase knowledge, TextScan scan) =>
        new MentionReader(knowledge, scan).Read();

    private List<Mention> Read()
    {
        return
        [
            .. _matches.Where(match => !_beginnings.Is(match) || !_beginnings.IsOfLasting(match))
                .Select(Say).OfType<Mention>()
                .GroupBy(mention => mention.Finding.Index).Select(group => Settle([.. group]))
                .OrderBy(mention => mention.Start).ThenBy(mention => mention.Finding.Index),
        ];
    }

    private Mention? Say(PhraseMatch match)
    {
        var finding = match.Phrase.Finding;
        var start = _scan.Tokens[match.First].Start;
        var mention = new Mention(
            finding, Presence.Present, null, [], null, start, _scan.Tokens[match.Last].End - start, false);
        if (_scopes.IsDoubted(match) || (_scopes.IsPast(match) && !finding.Group.OutlivesEpisode))
        {
            return mention with { Presence = Presence.Unknown, IsUncertain = true };
        }

        if (_scopes.IsNegated(match))
        {
            return match.Phrase.Saying != Saying.Absent && CanBeAbsent(match) && !_scopes.IsUntil(match)
                ? mention with { Presence = Presence.Absent }
                : mention with { Presence = Presence.Unknown, IsUncertain = true };
        }

        switch (match.Phrase.Saying)
        {
            case Saying.Absent:
                return mention with { Presence = Presence.Absent };
            case Saying.Named:
                return mention with { Presence = Presence.Unknown };
        }

        if (finding.Kind == FindingKind.Number)
        {
            var number = match.Quantity!.Value.In(finding.Unit);
            return number >= finding.Minimum && number <= finding.Maximum
                ? mention with { Number = number, IsUncertain = match.Quantity.Value.IsAbout }
                : null;
        }

        return mention with
        {
            Options = match.Phrase.Option is { } option ? [option] : [],
            BeganDaysAgo = BeganDaysAgo(match),
        };
    }

    private double? BeganDaysAgo(PhraseMatch match) =>
        match.Phrase.Finding.Group is { OutlivesEpisode: false, StartsWithEpisode: false }
        && _beginnings.Of(match) is { } time && !_scopes.IsDoubted(time) && !_scopes.IsNegated(time)
        && time.Quantity!.Value.Value / SecondsPerDay is var days && days <= EpisodeStart.Maximum
            ? Math.Round(days, 3)
            : null;

    /// <summary>
    /// Returns whether "no" to these words is "no" to the finding: not for one option, which leaves the others open,
    /// and not for a number.
    /// </summary>
    private static bool CanBeAbsent(PhraseMatch match) => match.Phrase.Finding.Kind switch
    {
        FindingKind.Boolean => true,
        FindingKind.Choice => match.Phrase.Finding.AbsentOption is not null && match.Phrase.Saying == Saying.Named,
        FindingKind.Choices => match.Phrase.Saying == Saying.Named,
        _ => match.Phrase.Finding.AbsentNumber is not null && match.Phrase.Saying == Saying.Named,
    };

    /// <summary>
    /// Makes one mention of all that a text says of a finding: what is there wins, of that the worst, and says so.
    /// </summary>
    private Mention Settle(IReadOnlyList<Mention> said)
    {
        var present = said.Where(mention => mention.Presence == Presence.Present).ToList();
        var denied = said.Any(mention => mention.Presence == Presence.Absent);
        if (present.Count == 0)
        {
            // A doubt goes before a no; a finding that is only named says less than either.
            return said.MaxBy(mention => mention.IsUncertain ? 2 : mention.Presence == Presence.Absent ? 1 : 0)!;
        }

        if (present[0].Finding.Kind == FindingKind.Choices)
        {
            return present[0] with { Options = [.. present.SelectMany(mention => mention.Options).Distinct()] };
        }

        var worst = present.Count == 1 ? present[0] : present.MaxBy(Badness)!;
        var same = present.FindAll(
            mention => mention.Number == worst.Number && mention.Options.SequenceEqual(worst.Options));
        var began = same.Select(mention => mention.BeganDaysAgo).OfType<double>().Distinct().ToList();
        return worst with
        {
            IsUncertain = worst.IsUncertain || denied
                || (same.Count < present.Count && worst.Finding != EpisodeStart),
            BeganDaysAgo = began.Count == 1 ? began[0] : null,
        };
    }

    /// <summary>
    /// Weighs a value against the others of its finding: the worse number, and the option for which the red flags are
    /// more urgent, then more. Of equals the first said counts.
    /// </summary>
    private (double, int) Badness(Mention mention)
    {
        if (mention.Number is { } number)
        {
            return (mention.Finding.WorseWhenLower ? -number : number, 0);
        }

        var asked = mention.Options.Select(option => $"{mention.Finding.Id}={option}").ToList();
        var rules = _knowledge.RedFlags
            .Where(rule => rule.When.SelfAndParts().Any(part => asked.Contains(part.ToString()!))).ToList();
        return rules.Count == 0 ? (0, 0) : ((double)rules.Max(rule => rule.Urgency), rules.Count);
    }
}
