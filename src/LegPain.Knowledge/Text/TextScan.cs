namespace LegPain.Knowledge.Text;

/// <summary>One text under one lexicon: its tokens, and which word sets occur where.</summary>
internal sealed class TextScan
{
    private readonly List<(int Set, int End)>[] _occurrences;
    private readonly bool[] _ends;
    private readonly int[] _afterFillers;

    public TextScan(Lexicon lexicon, string text)
    {
        Lexicon = lexicon;
        Tokens = Tokenizer.Read(text, lexicon.JoinApostrophes);
        _occurrences = new List<(int, int)>[Tokens.Count];
        _afterFillers = [];
        for (var at = 0; at < Tokens.Count; at++)
        {
            _occurrences[at] = [];
        }

        // Fillers first: sequences skip them.
        for (var at = 0; at < Tokens.Count; at++)
        {
            Find(at, fillers: true);
        }

        _afterFillers = new int[Tokens.Count];
        for (var at = Tokens.Count - 1; at >= 0; at--)
        {
            var end = EndOf(lexicon.Classes.Fillers, at);
            _afterFillers[at] = end < 0 ? at : end < Tokens.Count ? _afterFillers[end] : end;
        }

        for (var at = 0; at < Tokens.Count; at++)
        {
            Find(at, fillers: false);
        }

        _ends = new bool[Tokens.Count];
        FindEnds();
    }

    public Lexicon Lexicon { get; }

    public List<Token> Tokens { get; }

    /// <summary>Gets how many comparisons have been made: what the cost of a text is counted in.</summary>
    public long Steps { get; private set; }

    /// <summary>Returns where the longest occurrence of a word set at a token ends, or -1.</summary>
    public int EndOf(int set, int at)
    {
        var longest = -1;
        if (at < Tokens.Count)
        {
            foreach (var (found, end) in _occurrences[at])
            {
                Steps++;
                longest = found == set ? Math.Max(longest, end) : longest;
            }
        }

        return longest;
    }

    public bool Has(int set, int at) => EndOf(set, at) >= 0;

    /// <summary>Returns whether a token ends every scope: the end of a sentence, a word such as "but".</summary>
    public bool EndsScope(int at) => _ends[at];

    /// <summary>Returns whether a token joins the items of a list.</summary>
    public bool Joins(int at) =>
        Has(Lexicon.Classes.Lists, at) || (!_ends[at] && Has(Lexicon.Classes.Terminators, at));

    public bool IsFiller(int at) => Has(Lexicon.Classes.Fillers, at);

    /// <summary>Returns the word sets that occur at a token.</summary>
    public IEnumerable<int> SetsAt(int at) => _occurrences[at].Select(found => found.Set).Distinct();

    /// <summary>Returns the first token from a place on that is no filler, or the number of tokens.</summary>
    public int SkipFillers(int at) => at < _afterFillers.Length ? _afterFillers[at] : at;

    /// <summary>Matches a part of a phrase at a token.</summary>
    /// <param name="part">Word sets and slots, in order; fillers between them are skipped.</param>
    /// <param name="at">The token where it must begin.</param>
    /// <param name="match">What matched.</param>
    public bool TryMatch(int[] part, int at, out PartMatch match)
    {
        match = new(at, at, [], null);
        var place = at;
        for (var i = 0; i < part.Length; i++)
        {
            Steps++;
            if (!TryTerm(part[i], place, i == part.Length - 1, ref match, out var end))
            {
                var skipped = i == 0 ? place : SkipFillers(place);
                if (skipped == place || !TryTerm(part[i], skipped, i == part.Length - 1, ref match, out end))
                {
                    return false;
                }

                place = skipped;
            }

            for (; place < end; place++)
            {
                match.Tokens.Add(place);
            }
        }

        match = match with { End = place };
        return true;
    }

    private bool TryTerm(int term, int at, bool isLast, ref PartMatch match, out int end)
    {
        if (term >= 0)
        {
            end = EndOf(term, at);
            return end > 0;
        }

        if (Quantities.Read(this, term, at, isLast) is not { } quantity)
        {
            end = -1;
            return false;
        }

        match = match with { Quantity = quantity };
        end = quantity.End;
        return true;
    }

    private void FindEnds()
    {
        var isNotOnly = false;
        for (var at = 0; at < Tokens.Count; at++)
        {
            isNotOnly |= Has(Lexicon.Classes.NotOnly, at);
            var isTerminator = Has(Lexicon.Classes.Terminators, at);
            _ends[at] = Tokens[at].IsStop || (isTerminator && !isNotOnly);
            isNotOnly &= !isTerminator && !Tokens[at].IsStop;
        }
    }

    private void Find(int at, bool fillers)
    {
        if (Tokens[at].IsBreak)
        {
            return;
        }

        foreach (var (set, sequence) in Lexicon.EntriesAt(Tokens[at]))
        {
            if (set == Lexicon.Classes.Fillers == fillers && EndOf(sequence, at) is > 0 and var end)
            {
                _occurrences[at].Add((set, end));
            }
        }
    }

    private int EndOf(Pattern[] sequence, int at)
    {
        var place = at + 1;
        for (var i = 1; i < sequence.Length; i++)
        {
            Steps++;
            if (place >= Tokens.Count || !sequence[i].Matches(Tokens[place]))
            {
                place = SkipFillers(place);
                if (place >= Tokens.Count || !sequence[i].Matches(Tokens[place]))
                {
                    return -1;
                }
            }

            place++;
        }

        return place;
    }
}

/// <summary>Where a part of a phrase was found.</summary>
/// <param name="Start">The first token.</param>
/// <param name="End">The token after the last.</param>
/// <param name="Tokens">The tokens that matched, without the fillers between them.</param>
/// <param name="Quantity">The number in it, if it has a slot.</param>
internal readonly record struct PartMatch(int Start, int End, List<int> Tokens, Quantity? Quantity);
