namespace LegPain.Knowledge.Text;

/// <summary>The word sets of a lexicon while it is read, and the notation of phrases.</summary>
/// <remarks>
/// A phrase is <c>head + near + near</c>, or <c>head &amp; near</c> when the head may belong to another phrase as well
/// (<c>&amp; head</c> when nothing is near). Each part is words in order: <c>word</c>, <c>begin*</c>,
/// <c>&lt;set&gt;</c>, <c>&lt;#&gt;</c>, <c>&lt;#time&gt;</c>, <c>&lt;#length&gt;</c>. A member of a set may name sets
/// that stand before it.
/// </remarks>
internal sealed class WordSets(bool joinApostrophes)
{
    /// <summary>Most words of one set, sets within it written out.</summary>
    private const int MembersMax = 2000;

    private readonly List<List<Pattern[]>> _sets = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    public bool JoinApostrophes => joinApostrophes;

    public IReadOnlyList<IReadOnlyList<Pattern[]>> All => _sets;

    /// <summary>Defines a set.</summary>
    /// <param name="node">Where it stands, for faults.</param>
    /// <param name="name">The name phrases use; null for a set that phrases cannot name.</param>
    /// <param name="members">Its members in the notation of a part without numbers.</param>
    /// <param name="field">The field it stands in; the name when left out.</param>
    /// <returns>The position of the set.</returns>
    public int Define(PackNode node, string? name, IEnumerable<string> members, string? field = null)
    {
        field ??= name!;
        var set = new List<Pattern[]>();
        foreach (var member in members)
        {
            set.AddRange(Expand(node, field, member));
        }

        if (set.Count > MembersMax)
        {
            node.Fault(PackFaultCode.BadBound, $"'{field}' has more than {MembersMax} members.", field);
        }

        _sets.Add(set);
        if (name is not null && !_names.TryAdd(name, _sets.Count - 1))
        {
            node.Fault(PackFaultCode.Duplicate, $"The set '{name}' is already there.", field);
        }

        return _sets.Count - 1;
    }

    /// <summary>Reads a phrase; null after a fault.</summary>
    public int[][]? Parse(PackNode node, string field, string text, out bool isShared)
    {
        isShared = text.Contains("& ", StringComparison.Ordinal);
        var phrase = text.StartsWith("& ", StringComparison.Ordinal) ? text[2..] : text;
        var parts = phrase.Split([" + ", " & "], StringSplitOptions.None)
            .Select(part => Part(node, field, part)).ToList();
        return parts.TrueForAll(part => part is { Length: > 0 }) ? [.. parts.Select(part => part!)] : null;
    }

    private int[]? Part(PackNode node, string field, string text)
    {
        var terms = new List<int>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "<#>":
                    terms.Add(Slot.Number);
                    break;
                case "<#time>":
                    terms.Add(Slot.Time);
                    break;
                case "<#length>":
                    terms.Add(Slot.Length);
                    break;
                case ['<', .. var name, '>'] when _names.TryGetValue(name, out var set):
                    terms.Add(set);
                    break;
                default:
                    if (Patterns(node, field, word) is not { } patterns)
                    {
                        return null;
                    }

                    terms.AddRange(patterns.Select(Literal));
                    break;
            }
        }

        if (terms.Count == 0)
        {
            node.Fault(PackFaultCode.BadValue, $"'{field}' has an empty phrase.", field);
        }

        return [.. terms];
    }

    /// <summary>Returns the set of a single word.</summary>
    private int Literal(Pattern pattern)
    {
        // No name of a set has a quote in it.
        var name = $"'{pattern}'";
        if (!_names.TryGetValue(name, out var set))
        {
            _sets.Add([[pattern]]);
            _names[name] = set = _sets.Count - 1;
        }

        return set;
    }

    private IEnumerable<Pattern[]> Expand(PackNode node, string field, string member)
    {
        IReadOnlyList<Pattern[]> sequences = [[]];
        foreach (var word in member.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            IReadOnlyList<Pattern[]> next = word is ['<', .. var name, '>'] && _names.TryGetValue(name, out var set)
                ? _sets[set]
                : Patterns(node, field, word) is { } patterns ? [patterns] : [];
            sequences = [.. sequences.SelectMany(_ => next, (left, right) => (Pattern[])[.. left, .. right])
                .Take(MembersMax + 1)];
        }

        return sequences.Where(sequence => sequence.Length > 0);
    }

    private Pattern[]? Patterns(PackNode node, string field, string word)
    {
        if (word[0] is '<' or '+')
        {
            node.Fault(
                word[0] == '<' ? PackFaultCode.UnknownId : PackFaultCode.BadValue,
                word[0] == '<' ? $"Unknown set {word}." : $"'{word}' cannot stand here.", field);
            return null;
        }

        var isPrefix = word[^1] == '*';
        var tokens = Tokenizer.Read(isPrefix ? word[..^1] : word, joinApostrophes);
        if (tokens.Count == 0 || tokens.Exists(token => token.IsBreak))
        {
            node.Fault(PackFaultCode.BadValue, $"'{word}' is no word.", field);
            return null;
        }

        return [.. tokens.Select((token, i) =>
            new Pattern(token.Word, isPrefix && i == tokens.Count - 1))];
    }
}
