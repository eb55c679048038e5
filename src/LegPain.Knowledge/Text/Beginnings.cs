using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge.Text;

/// <summary>When what a text speaks of began.</summary>
/// <remarks>
/// A time belongs to what stands before it in its clause; when nothing does, to what follows it up to a joining word;
/// and when it is all that the opening of a sentence says, to the clause after the comma. Two times in a clause belong
/// to nothing. When in doubt there is no beginning: what has none counts as recent and is asked about, what has the
/// wrong one hides that it is new.
/// </remarks>
internal sealed class Beginnings
{
    private readonly TextScan _scan;
    private readonly Scopes _scopes;
    private readonly Finding _episodeStart;
    private readonly ILookup<int, PhraseMatch> _others;
    private readonly Dictionary<int, int> _times = [];
    private readonly Dictionary<int, PhraseMatch> _byClause = [];

    public Beginnings(TextScan scan, Scopes scopes, IReadOnlyList<PhraseMatch> matches, Finding episodeStart)
    {
        (_scan, _scopes, _episodeStart) = (scan, scopes, episodeStart);
        _others = matches.Where(match => match.Phrase.Finding != episodeStart).ToLookup(ClauseOf);
        CountTimes(matches);
        foreach (var time in matches.Where(match => Is(match) && !IsOfLasting(match)))
        {
            var clause = ClauseOf(time);
            if (_others.Contains(clause))
            {
                _byClause.TryAdd(clause, time);
            }
            else if (OpensSentence(time))
            {
                _byClause.TryAdd(clause + 1, time);
            }
        }
    }

    /// <summary>Returns whether a match is a time since when.</summary>
    public bool Is(PhraseMatch match) => match.Phrase.Finding == _episodeStart && match.Quantity is not null;

    /// <summary>
    /// Returns whether a time is that of a lasting condition ("diabetes for ten years") and none of the complaint's.
    /// </summary>
    public bool IsOfLasting(PhraseMatch time) =>
        _others[ClauseOf(time)].Where(match => Owns(match, time)).ToList() is { Count: > 0 } owners
        && owners.TrueForAll(match => match.Phrase.Finding.Group.OutlivesEpisode);

    /// <summary>Returns the time at which what a match says began, or null; null also when clauses share it.</summary>
    public PhraseMatch? Of(PhraseMatch match) =>
        _byClause.TryGetValue(ClauseOf(match), out var time) && Owns(match, time)
        && _times.GetValueOrDefault(ClauseOf(match)) <= (ClauseOf(time) == ClauseOf(match) ? 1 : 0)
            && match.Tokens.All(at => _scopes.ClauseOf(at) == ClauseOf(match))
                ? time : null;

    private int ClauseOf(PhraseMatch match) => _scopes.ClauseOf(match.Head.Start);

    private bool Owns(PhraseMatch match, PhraseMatch time)
    {
        if (_others[ClauseOf(time)].Any(other => other.Head.Start < time.Head.Start))
        {
            return match.Head.Start < time.Head.Start;
        }

        for (var at = time.Head.End; at < match.First; at++)
        {
            if (_scan.Joins(at))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Returns whether a time stands first in a sentence that says nothing before it, and a comma ends it.
    /// </summary>
    private bool OpensSentence(PhraseMatch time)
    {
        var first = time.Head.Start;
        if ((first > 0 && !_scan.Tokens[first - 1].IsBreak)
            || time.Head.Tokens.Exists(at => _scan.Has(_scan.Lexicon.Classes.Began, at)))
        {
            return false;
        }

        for (var at = first; at > 0 && !_scan.Tokens[at - 1].IsStop; at--)
        {
            if (_others[_scopes.ClauseOf(at - 1)].Any())
            {
                return false;
            }
        }

        var end = time.Head.End;
        while (end < _scan.Tokens.Count && _scopes.ClauseOf(end) == _scopes.ClauseOf(first))
        {
            end++;
        }

        return end < _scan.Tokens.Count && _scan.Tokens[end].Kind == TokenKind.Comma;
    }

    /// <summary>Counts the times of each clause, but for those that are part of what else is said: an age.</summary>
    private void CountTimes(IReadOnlyList<PhraseMatch> matches)
    {
        var others = matches.Where(match => !Is(match) && match.Quantity is not null)
            .SelectMany(match => match.Tokens).ToHashSet();
        for (var at = 0; at < _scan.Tokens.Count; at++)
        {
            if (Quantities.Read(_scan, Slot.Time, at, isLast: false) is { } time)
            {
                if (!others.Contains(at))
                {
                    var clause = _scopes.ClauseOf(at);
                    _times[clause] = _times.GetValueOrDefault(clause) + 1;
                }

                at = time.End - 1;
            }
        }
    }
}
