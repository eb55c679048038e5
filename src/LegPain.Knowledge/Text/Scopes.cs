namespace LegPain.Knowledge.Text;

/// <summary>What governs the tokens of a text: negation, doubt, other people, the past.</summary>
/// <remarks>
/// A negation reaches to the end of the sentence, a word such as "but", a comma, or a joining word before a new clause;
/// past a comma only through a list that "or" closes ("no fever, chills or sweats"), and never past "only". It negates
/// the head of a match; a neighbor counts only when the negation stands between the two. When in doubt it ends: what is
/// wrongly taken as there is asked about, what is wrongly taken as not there is not. Each pass is linear.
/// </remarks>
internal sealed class Scopes
{
    private readonly TextScan _scan;
    private readonly WordClasses _classes;
    private readonly PhraseMatch?[] _heads;
    private readonly HashSet<(int Head, int Near)> _neighbors = [];
    private readonly bool[] _isPast;
    private readonly bool[] _isAsked;
    private readonly bool[] _isBeforeUntil;
    private readonly bool[] _isLikened;
    private readonly bool[] _isOfEither;
    private readonly int[] _segments;
    private readonly int[] _clauses;
    private readonly bool[] _goesOn;
    private readonly Reach[] _negation;
    private readonly Reach[] _doubt;
    private readonly Reach[] _others;

    public Scopes(TextScan scan, IReadOnlyList<PhraseMatch> matches)
    {
        _scan = scan;
        _heads = new PhraseMatch?[scan.Tokens.Count];
        foreach (var match in matches)
        {
            match.Head.Tokens.ForEach(at => _heads[at] = match);
            match.Near.ForEach(at => _neighbors.Add((match.Head.Start, at)));
        }

        _classes = scan.Lexicon.Classes;
        var count = scan.Tokens.Count;
        (_isPast, _isAsked, _goesOn) = (new bool[count], new bool[count], new bool[count]);
        (_negation, _doubt, _others) = (new Reach[count], new Reach[count], new Reach[count]);
        (_segments, _clauses) = (new int[count], new int[count]);
        (_isBeforeUntil, _isLikened, _isOfEither) = (new bool[count], new bool[count], new bool[count]);
        CutIntoSegments();
        CutIntoClauses();
        FindUntilAndLikened();
        Spread();
    }

    /// <summary>
    /// Returns the clause of a token: what commas, stops and words such as "but" separate, and what a joining word
    /// before a new clause or a word such as "now" sets off.
    /// </summary>
    public int ClauseOf(int at) => _clauses[at];

    /// <summary>Returns whether a match is negated.</summary>
    public bool IsNegated(PhraseMatch match) =>
        !match.Tokens.Any(at => _scan.Has(_classes.Negation, at))
            && (match.Head.Tokens.Any(at => IsNegated(at, match))
                || match.Near.Any(at => IsNegated(at, match) && StandsBetween(match, _negation[at], at)))
        || IsFollowedBy(match, _classes.NegationAfter, before: _classes.Negation)
        || (match.Head.Start > 0 && _scan.Has(_classes.NegationOpen, match.Head.Start - 1)
            && _scan.Has(_classes.NegationClose, match.Head.End));

    /// <summary>Returns whether what is said of a match held only until a time: "no fever until last night".</summary>
    public bool IsUntil(PhraseMatch match) => _isBeforeUntil[match.Last];

    /// <summary>Returns whether the speaker is unsure of a match, or asks, or may mean somebody else.</summary>
    public bool IsDoubted(PhraseMatch match) =>
        match.Tokens.Any(at => _isAsked[at] || _isOfEither[at]
            || (Reaches(_doubt[at], match) && !IsAboutOf(match, _doubt[at])))
        || IsFollowedBy(match, _classes.UncertaintyAfter, before: null);

    /// <summary>Returns whether a match is said of somebody else.</summary>
    public bool IsOfAnother(PhraseMatch match) =>
        !match.Tokens.Any(at => _scan.Has(_classes.Others, at))
        && match.Head.Tokens.Any(at => Reaches(_others[at], match));

    /// <summary>Returns whether a match is said of the past.</summary>
    public bool IsPast(PhraseMatch match) => match.Head.Tokens.Any(at => _isPast[at]);

    private bool IsNegated(int at, PhraseMatch match) =>
        Reaches(_negation[at], match) && !BelongsElsewhere(_negation[at], match);

    /// <summary>
    /// Returns whether a negation stands between the head of a match and a neighbor after it, and means that neighbor:
    /// "pain in the calf, not in the foot", but not "cold with no pulse in the foot".
    /// </summary>
    private bool StandsBetween(PhraseMatch match, Reach negation, int near)
    {
        if (negation.Start < match.Head.End)
        {
            return false;
        }

        for (var at = negation.End; at < near; at++)
        {
            if (!_scan.IsFiller(at) && !_scan.Joins(at) && !_scan.Tokens[at].IsBreak
                && !_neighbors.Contains((match.Head.Start, at)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Returns whether a negation is part of another match and so negates no other words: the "can't" of "can't walk
    /// after I fell".
    /// </summary>
    private bool BelongsElsewhere(Reach reach, PhraseMatch match) =>
        _heads[reach.Start] is { } other && !other.Tokens.Intersect(match.Tokens).Any();

    private static bool Reaches(Reach reach, PhraseMatch match) =>
        reach.IsSet && !match.Tokens.Any(at => at >= reach.Start && at < reach.End);

    private static bool IsAboutOf(PhraseMatch match, Reach doubt) =>
        match.Quantity is { AboutAt: >= 0 and var about } && about >= doubt.Start && about < doubt.End;

    /// <summary>Returns whether one of some words stands right after a match; a colon may be between.</summary>
    /// <param name="match">The match.</param>
    /// <param name="words">The words.</param>
    /// <param name="before">Words that, when they are among these too, must end the clause to look back.</param>
    private bool IsFollowedBy(PhraseMatch match, int words, int? before)
    {
        var at = match.Last + 1;
        while (at < _scan.Tokens.Count && (_scan.Tokens[at] is { Kind: TokenKind.Sign, Word: ":" }
            || (_scan.IsFiller(at) && !_scan.Has(words, at))))
        {
            at++;
        }

        if (_scan.EndOf(words, at) is not (> 0 and var end))
        {
            return false;
        }

        return before is not { } looksAhead || !_scan.Has(looksAhead, at)
            || end >= _scan.Tokens.Count || _scan.Tokens[end].IsBreak;
    }

    private void CutIntoSegments()
    {
        var count = _scan.Tokens.Count;
        var (segment, isAsked) = (0, false);
        var starts = new List<int> { 0 };
        for (var at = 0; at < count; at++)
        {
            if (_scan.Tokens[at].IsBreak || _scan.EndsScope(at))
            {
                segment++;
                starts.Add(at);
            }

            _segments[at] = segment;
        }

        var segments = segment + 1;
        starts.Add(count);
        var goesOn = false;
        for (segment = segments - 1; segment >= 0; segment--)
        {
            var (from, to) = (starts[segment], starts[segment + 1]);
            var hasCloser = false;
            for (var at = from; at < to; at++)
            {
                hasCloser |= _scan.Has(_classes.Closers, at);
            }

            if (to < count && _scan.Tokens[to].IsStop)
            {
                isAsked = _scan.Tokens[to].Kind == TokenKind.Question;
            }
            else if (to == count)
            {
                isAsked = false;
            }

            Array.Fill(_isAsked, isAsked, from, to - from);

            // Whether a list that began before this segment's comma is closed by "or" in it or further on.
            var isList = to > from && _scan.Tokens[from].Kind == TokenKind.Comma && !StartsClause(from + 1);
            goesOn = isList && (hasCloser || goesOn);
            if (to > from)
            {
                _goesOn[from] = goesOn;
            }
        }
    }

    /// <summary>Cuts the segments into clauses and finds those of the past.</summary>
    private void CutIntoClauses()
    {
        var (start, clause) = (0, 0);
        for (var at = 0; at < _segments.Length; at++)
        {
            if (at > 0 && (_segments[at] != _segments[at - 1] || TurnsAt(at)))
            {
                FindPast(start, at);
                (start, clause) = (at, clause + 1);
            }

            _clauses[at] = clause;
        }

        FindPast(start, _segments.Length);
    }

    private bool TurnsAt(int at) => (_scan.Has(_classes.Lists, at) && StartsClause(at + 1))
        || (_scan.Has(_classes.Now, at) && _heads[at] is null);

    private void FindPast(int from, int to)
    {
        var clause = Enumerable.Range(from, to - from);
        Array.Fill(
            _isPast,
            clause.Any(at => _scan.Has(_classes.Past, at)) && !clause.Any(at => _scan.Has(_classes.Began, at)),
            from, to - from);
    }

    private void Spread()
    {
        Reach negation = default, doubt = default, other = default;
        var (inert, isReport, isOfEither) = (0, false, false);
        for (var at = 0; at < _scan.Tokens.Count; at++)
        {
            if (_scan.Has(_classes.NegationEnds, at))
            {
                negation = default;
            }

            if (_scan.EndsScope(at))
            {
                (negation, doubt, other) = (default, default, default);
                (isReport, isOfEither) = (false, false);
            }
            else if ((_scan.Tokens[at].IsBreak && !_goesOn[at])
                || (_scan.Has(_classes.Lists, at) && !_scan.Has(_classes.Closers, at) && StartsClause(at + 1)))
            {
                (negation, doubt) = (default, default);
            }

            // What others say, they say of the patient; but "she" may be either of them.
            if (other.IsSet && _scan.Has(_classes.Reports, at))
            {
                (other, isReport) = (default, true);
            }

            isOfEither |= isReport && _scan.Has(_classes.Third, at);
            if (_scan.Has(_classes.Self, at))
            {
                (other, isOfEither) = (default, false);
            }

            _isOfEither[at] = isOfEither;
            (_negation[at], _doubt[at], _others[at]) = (negation, doubt, other);
            if (_scan.EndOf(_classes.NotNegation, at) is > 0 and var end)
            {
                (inert, negation) = (Math.Max(inert, end), default);
            }

            var isInert = at < inert || (_isLikened[at] && _scan.Has(_classes.Never, at));
            negation = isInert ? negation : negation.Or(at, _scan.EndOf(_classes.Negation, at));
            doubt = doubt.Or(at, _scan.EndOf(_classes.Uncertainty, at));
            other = other.Or(at, _scan.EndOf(_classes.Others, at));
        }
    }

    private void FindUntilAndLikened()
    {
        var (isBeforeUntil, isLikened) = (false, false);
        for (var at = _scan.Tokens.Count - 1; at >= 0; at--)
        {
            (_isBeforeUntil[at], _isLikened[at]) = (isBeforeUntil, isLikened);
            isBeforeUntil = _scan.EndsScope(at) ? _scan.Has(_classes.Until, at) : isBeforeUntil;
            isLikened = _scan.Has(_classes.Likened, at)
                || (isLikened && !_scan.EndsScope(at) && !_scan.Tokens[at].IsBreak);
        }
    }

    private bool StartsClause(int at) =>
        at < _scan.Tokens.Count && _scan.Has(_classes.Starters, at);

    /// <summary>The words that govern a token: from one token up to another.</summary>
    private readonly record struct Reach(int Start, int End)
    {
        public bool IsSet => End > 0;

        public Reach Or(int start, int end) => end > 0 ? new(start, end) : this;
    }
}
