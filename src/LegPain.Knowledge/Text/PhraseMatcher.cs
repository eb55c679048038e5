namespace LegPain.Knowledge.Text;

/// <summary>A place of a text that a phrase fits.</summary>
/// <param name="Phrase">The phrase.</param>
/// <param name="Head">Where its head is.</param>
/// <param name="Near">The tokens of what stands near it, in order.</param>
/// <param name="Distance">How far the farthest part is from the head, in tokens; commas weigh more.</param>
/// <param name="Quantity">The number in it.</param>
internal sealed record PhraseMatch(Phrase Phrase, PartMatch Head, List<int> Near, int Distance, Quantity? Quantity)
{
    public IEnumerable<int> Tokens => Head.Tokens.Concat(Near);

    public int First => Near.Count == 0 ? Head.Start : Math.Min(Head.Start, Near[0]);

    public int Last => Near.Count == 0 ? Head.End - 1 : Math.Max(Head.End - 1, Near[^1]);
}

/// <summary>Finds the phrases of a text: the longest first, and of those with one head the nearest.</summary>
/// <remarks>
/// A head belongs to one phrase, so that "swollen knee" is not a swollen leg as well. What stands near it may serve
/// several: "pain and swelling in the calf". A head reaches a second neighbor only along a list: "pain in the calf and
/// the thigh". Phrases that share their heads compete among themselves only.
/// </remarks>
internal sealed class PhraseMatcher
{
    /// <summary>Most words between a head and what stands near it; fillers and joining words do not count.</summary>
    private const int GapMax = 6;

    /// <summary>Most tokens between them, so that a text of nothing but fillers costs no more.</summary>
    private const int ReachMax = 12;

    private const int CommaWeight = 2;

    private readonly TextScan _scan;
    private PhraseMatcher(TextScan scan) => _scan = scan;

    /// <summary>Returns the phrases of a text, by where they begin.</summary>
    public static List<PhraseMatch> Find(TextScan scan)
    {
        var matcher = new PhraseMatcher(scan);
        var found = new List<PhraseMatch>();
        for (var at = 0; at < scan.Tokens.Count; at++)
        {
            foreach (var term in scan.SetsAt(at).Concat([Slot.Number, Slot.Time, Slot.Length]))
            {
                foreach (var phrase in scan.Lexicon.BeginningWith(term))
                {
                    matcher.Match(phrase, at, found);
                }
            }
        }

        return matcher.Select(found);
    }

    private void Match(Phrase phrase, int at, List<PhraseMatch> found)
    {
        if (!_scan.TryMatch(phrase.Parts[0], at, out var head))
        {
            return;
        }

        if (phrase.Parts.Length == 1)
        {
            found.Add(new(phrase, head, [], 0, head.Quantity));
            return;
        }

        // The first of several parts may be any one within reach: a list has more than one.
        foreach (var first in Around(phrase.Parts[1], head))
        {
            var (near, distance, quantity) = (new List<int>(first.Tokens), Distance(head, first), head.Quantity);
            quantity ??= first.Quantity;
            var isWhole = true;
            for (var i = 2; i < phrase.Parts.Length && isWhole; i++)
            {
                var next = Around(phrase.Parts[i], head).Select(part => (PartMatch?)part)
                    .MinBy(part => Distance(head, part!.Value));
                isWhole = next is not null;
                if (next is { } part)
                {
                    near.AddRange(part.Tokens);
                    distance = Math.Max(distance, Distance(head, part));
                    quantity ??= part.Quantity;
                }
            }

            if (isWhole)
            {
                near.Sort();
                found.Add(new(phrase, head, near, distance, quantity));
            }
        }
    }

    /// <summary>Returns where a part stands around a head, within reach and within the sentence.</summary>
    private IEnumerable<PartMatch> Around(int[] part, PartMatch head)
    {
        var gap = 0;
        for (var at = head.End; at < _scan.Tokens.Count && at - head.End <= ReachMax && !_scan.EndsScope(at); at++)
        {
            if (_scan.TryMatch(part, at, out var match))
            {
                yield return match;
            }

            gap += Counts(at);
            if (gap > GapMax)
            {
                break;
            }
        }

        gap = 0;
        for (var at = head.Start - 1; at >= 0 && head.Start - at <= ReachMax && !_scan.EndsScope(at); at--)
        {
            if (_scan.TryMatch(part, at, out var match) && match.End <= head.Start)
            {
                yield return match;
                gap -= match.Tokens.Sum(Counts);
            }

            gap += Counts(at);
            if (gap > GapMax)
            {
                break;
            }
        }
    }

    private int Counts(int at) =>
        _scan.Tokens[at].IsBreak ? CommaWeight : _scan.IsFiller(at) || _scan.Joins(at) ? 0 : 1;

    private int Distance(PartMatch head, PartMatch part)
    {
        var (from, to) = part.Start >= head.End ? (head.End, part.Start) : (part.End, head.Start);
        var distance = 0;
        for (var at = from; at < to; at++)
        {
            distance += _scan.Tokens[at].IsBreak ? CommaWeight : 1;
        }

        return distance;
    }

    private List<PhraseMatch> Select(List<PhraseMatch> found)
    {
        var chosen = new List<PhraseMatch>();
        var owners = new int[2, _scan.Tokens.Count];
        foreach (var match in found
            .OrderByDescending(match => match.Head.Tokens.Count)
            .ThenByDescending(match => match.Phrase.Parts.Length)
            .ThenBy(match => match.Distance)
            .ThenByDescending(match => match.Near.Count)
            .ThenBy(match => match.Head.Start)
            .ThenBy(match => match.Phrase.Order))
        {
            var layer = match.Phrase.IsShared ? 1 : 0;
            var owner = match.Head.Tokens.Max(token => owners[layer, token]);
            if (owner > 0 && !IsNextOfAList(match, chosen[owner - 1]))
            {
                continue;
            }

            chosen.Add(match);
            match.Head.Tokens.ForEach(token => owners[layer, token] = chosen.Count);
        }

        return
        [
            .. WithoutBorrowedNumbers(chosen).OrderBy(match => match.First).ThenBy(match => match.Phrase.Order),
        ];
    }

    /// <summary>
    /// Leaves out a phrase whose number belongs to a longer one: the minutes of "stiff for 30 minutes" are no duration.
    /// </summary>
    private IEnumerable<PhraseMatch> WithoutBorrowedNumbers(List<PhraseMatch> chosen)
    {
        var parts = new int[_scan.Tokens.Count];
        foreach (var match in chosen.Where(match => match.Quantity is not null))
        {
            foreach (var at in match.Tokens)
            {
                parts[at] = Math.Max(parts[at], match.Phrase.Parts.Length);
            }
        }

        return chosen.Where(match => match.Quantity is not { } quantity
            || parts[quantity.End - 1] <= match.Phrase.Parts.Length);
    }

    /// <summary>Returns whether a match has the head of another, and their neighbors are of one list.</summary>
    private bool IsNextOfAList(PhraseMatch match, PhraseMatch other)
    {
        if (!match.Head.Tokens.SequenceEqual(other.Head.Tokens)
            || match.Phrase.Parts.Length != other.Phrase.Parts.Length || match.Near.Count == 0
            || match.Near.Intersect(other.Near).Any())
        {
            return false;
        }

        var (from, to) = match.Near[0] > other.Near[^1]
            ? (other.Near[^1] + 1, match.Near[0]) : (match.Near[^1] + 1, other.Near[0]);
        if (from > to)
        {
            return false;
        }

        var joined = false;
        for (var at = from; at < to; at++)
        {
            var joins = _scan.Joins(at) || _scan.Tokens[at].Kind is TokenKind.Comma or TokenKind.Sign;
            if (!joins && !_scan.IsFiller(at))
            {
                return false;
            }

            joined |= joins;
        }

        return joined;
    }
}
