namespace LegPain.Knowledge.Text;

/// <summary>The word classes of a language, each a word set by position.</summary>
internal sealed record WordClasses
{
    /// <summary>Gets the words that say little and are skipped inside a phrase.</summary>
    public required int Fillers { get; init; }

    /// <summary>Gets the words that join the items of a list.</summary>
    public required int Lists { get; init; }

    /// <summary>Gets the words before the last item of a list that a negation goes through.</summary>
    public required int Closers { get; init; }

    /// <summary>Gets the words that begin a new clause after a comma or a list word.</summary>
    public required int Starters { get; init; }

    /// <summary>Gets the words that end every scope.</summary>
    public required int Terminators { get; init; }

    /// <summary>Gets what negates that which follows.</summary>
    public required int Negation { get; init; }

    /// <summary>Gets what negates that which stands before it.</summary>
    public required int NegationAfter { get; init; }

    /// <summary>Gets what, before a phrase, negates it together with <see cref="NegationClose"/> after it.</summary>
    public required int NegationOpen { get; init; }

    /// <summary>Gets the second half of a negation in two words.</summary>
    public required int NegationClose { get; init; }

    /// <summary>Gets what looks like a negation and is none.</summary>
    public required int NotNegation { get; init; }

    /// <summary>Gets what negates nothing before <see cref="Likened"/>: "never been cold like this".</summary>
    public required int Never { get; init; }

    /// <summary>Gets what likens to how it is now.</summary>
    public required int Likened { get; init; }

    /// <summary>Gets what a negation does not go past, and no more: "no fever, only chills".</summary>
    public required int NegationEnds { get; init; }

    /// <summary>Gets the terminators after which a negation no longer holds: "no fever until last night".</summary>
    public required int Until { get; init; }

    /// <summary>Gets what makes the next terminator a joining word: "not only the calf but the thigh".</summary>
    public required int NotOnly { get; init; }

    /// <summary>Gets what makes uncertain that which follows.</summary>
    public required int Uncertainty { get; init; }

    /// <summary>Gets what makes uncertain that which stands before it.</summary>
    public required int UncertaintyAfter { get; init; }

    /// <summary>Gets the people who are not the patient.</summary>
    public required int Others { get; init; }

    /// <summary>Gets the words by which the speaker comes back to the patient.</summary>
    public required int Self { get; init; }

    /// <summary>Gets the words by which other people speak of the patient: "my wife says".</summary>
    public required int Reports { get; init; }

    /// <summary>Gets the words that, after a report, may mean either.</summary>
    public required int Third { get; init; }

    /// <summary>Gets what puts a clause in the past.</summary>
    public required int Past { get; init; }

    /// <summary>Gets what says that something began and goes on: it is not past, however long ago.</summary>
    public required int Began { get; init; }

    /// <summary>Gets what turns from how it was to how it is.</summary>
    public required int Now { get; init; }

    /// <summary>Gets what makes a number approximate.</summary>
    public required int About { get; init; }

    /// <summary>Gets what stands between two numbers of which the second is meant.</summary>
    public required int Ranges { get; init; }
}

/// <summary>How people say findings in one language. Immutable; safe to share.</summary>
internal sealed class Lexicon
{
    private readonly Dictionary<string, List<Entry>> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Entry>> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<Phrase>> _byHead = [];
    private readonly int _shortestPrefix = int.MaxValue;

    public Lexicon(
        bool joinApostrophes,
        WordClasses classes,
        IReadOnlyList<IReadOnlyList<Pattern[]>> sets,
        IReadOnlyDictionary<int, double> numbers,
        IReadOnlyDictionary<int, double> moments,
        IReadOnlyDictionary<int, (int Slot, double Size)> units,
        IReadOnlyList<Phrase> phrases)
    {
        JoinApostrophes = joinApostrophes;
        Classes = classes;
        Numbers = numbers;
        Moments = moments;
        Units = units;
        Phrases = phrases;
        for (var set = 0; set < sets.Count; set++)
        {
            foreach (var sequence in sets[set])
            {
                var first = sequence[0];
                var index = first.IsPrefix ? _prefixes : _exact;
                if (!index.TryGetValue(first.Text, out var entries))
                {
                    index[first.Text] = entries = [];
                }

                entries.Add(new(set, sequence));
                _shortestPrefix = first.IsPrefix ? Math.Min(_shortestPrefix, first.Text.Length) : _shortestPrefix;
            }
        }

        foreach (var phrase in phrases)
        {
            if (!_byHead.TryGetValue(phrase.Parts[0][0], out var same))
            {
                _byHead[phrase.Parts[0][0]] = same = [];
            }

            same.Add(phrase);
        }
    }

    public bool JoinApostrophes { get; }

    public WordClasses Classes { get; }

    /// <summary>Gets the numbers that are words, by word set.</summary>
    public IReadOnlyDictionary<int, double> Numbers { get; }

    /// <summary>Gets the words for a moment, in days before now.</summary>
    public IReadOnlyDictionary<int, double> Moments { get; }

    /// <summary>Gets the units by word set: of which slot, and how many seconds or meters.</summary>
    public IReadOnlyDictionary<int, (int Slot, double Size)> Units { get; }

    public IReadOnlyList<Phrase> Phrases { get; }

    /// <summary>Returns the phrases whose head begins with a word set or slot.</summary>
    public IReadOnlyList<Phrase> BeginningWith(int term) => _byHead.TryGetValue(term, out var same) ? same : [];

    /// <summary>Returns what a word may be the beginning of.</summary>
    public IEnumerable<Entry> EntriesAt(Token token)
    {
        foreach (var entry in _exact.GetValueOrDefault(token.Word) ?? [])
        {
            yield return entry;
        }

        if (token.Stem.Length < token.Word.Length)
        {
            foreach (var entry in _exact.GetValueOrDefault(token.Stem) ?? [])
            {
                yield return entry;
            }
        }

        for (var length = _shortestPrefix; length <= token.Word.Length; length++)
        {
            foreach (var entry in _prefixes.GetValueOrDefault(token.Word[..length]) ?? [])
            {
                yield return entry;
            }
        }
    }

    /// <summary>One member of a word set.</summary>
    internal readonly record struct Entry(int Set, Pattern[] Sequence);
}
