using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge.Text;

/// <summary>
/// Reads the lexicon of a language and holds it complete: a phrase for every finding that patients answer and for every
/// option of it, and for the same findings and options in every language.
/// </summary>
internal sealed class LexiconReader
{
    private const string Folder = "lexicon/";
    private const string WordsFile = "words.yaml";
    private const string PresentKey = "present";
    private const string AbsentKey = "absent";
    private const string AnyKey = "any";

    private readonly PackContext _context;
    private readonly IReadOnlyList<Finding> _findings;
    private readonly string _folder;
    private readonly List<Phrase> _phrases = [];
    private readonly Dictionary<string, (string Said, string File, int Line)> _known = new(StringComparer.Ordinal);
    private WordSets _sets = new(joinApostrophes: true);

    private LexiconReader(PackContext context, IReadOnlyList<Finding> findings, string folder)
    {
        _context = context;
        _findings = findings;
        _folder = folder;
    }

    /// <summary>Returns the lexicon of every language, in the order given, the authoring language first.</summary>
    public static IReadOnlyList<Lexicon> Read(
        PackContext context, IReadOnlyList<PackFile> files, IReadOnlyList<Finding> findings,
        IReadOnlyList<string> languages)
    {
        var lexicons = new List<Lexicon>();
        HashSet<(int, string?)>? model = null;
        foreach (var language in languages)
        {
            var folder = language == KnowledgePack.AuthoringLanguage ? Folder : $"{language}/{Folder}";
            var reader = new LexiconReader(context, findings, folder);
            lexicons.Add(reader.Read(files));
            model ??= reader.Needed();
            reader.CheckAgainst(model);
            model.UnionWith(lexicons[0].Phrases.Select(Key));
        }

        return lexicons;
    }

    private static (int, string?) Key(Phrase phrase) => (phrase.Finding.Index, phrase.Option);

    private Lexicon Read(IReadOnlyList<PackFile> files)
    {
        var words = files.FirstOrDefault(file => file.Path == _folder + WordsFile);
        if (words is null || _context.Mapping(words) is not { } node)
        {
            _context.Faults.Add(
                new(_folder + WordsFile, 1, PackFaultCode.MissingField, "The lexicon has no file of words."));
            return Empty();
        }

        _sets = new(node.WordOf("apostrophe", "joins", "separates") == "joins");
        var numbers = Values(node, "numbers", 1000);
        var moments = Values(node, "moments", 36_500);
        var units = Units(node);
        if (node.Mapping("sets") is { } sets)
        {
            foreach (var name in sets.Keys)
            {
                _sets.Define(sets, name, sets.Texts(name, required: true));
            }
        }

        var classes = Classes(name => _sets.Define(node, null, node.Texts(name, required: true), name));
        node.Finish();
        foreach (var file in files.Where(file => file != words
            && file.Path.StartsWith(_folder, StringComparison.Ordinal)))
        {
            if (_context.Mapping(file) is { } group)
            {
                ReadGroup(group);
            }
        }

        return new(_sets.JoinApostrophes, classes, _sets.All, numbers, moments, units, _phrases);
    }

    private static WordClasses Classes(Func<string, int> read) => new()
    {
        Fillers = read("fillers"),
        Lists = read("lists"),
        Closers = read("closers"),
        Starters = read("starters"),
        Terminators = read("terminators"),
        Negation = read("negation"),
        NegationAfter = read("negation_after"),
        NegationOpen = read("negation_open"),
        NegationClose = read("negation_close"),
        NotNegation = read("not_negation"),
        Never = read("never"),
        Likened = read("likened"),
        NegationEnds = read("negation_ends"),
        Until = read("until"),
        NotOnly = read("not_only"),
        Uncertainty = read("uncertainty"),
        UncertaintyAfter = read("uncertainty_after"),
        Others = read("others"),
        Self = read("self"),
        Reports = read("reports"),
        Third = read("third"),
        Past = read("past"),
        Began = read("began"),
        Now = read("now"),
        About = read("about"),
        Ranges = read("ranges"),
    };

    private static Lexicon Empty() =>
        new(true, Classes(_ => 0), [], new Dictionary<int, double>(), new Dictionary<int, double>(),
            new Dictionary<int, (int, double)>(), []);

    private Dictionary<int, double> Values(PackNode node, string field, double most)
    {
        var values = new Dictionary<int, double>();
        if (node.Mapping(field) is { } words)
        {
            foreach (var word in words.Keys)
            {
                values[_sets.Define(words, null, [word], word)] = words.Number(word, 0, most);
            }
        }

        return values;
    }

    private Dictionary<int, (int, double)> Units(PackNode node)
    {
        var units = new Dictionary<int, (int, double)>();
        if (node.Mapping("units") is { } words)
        {
            foreach (var name in Quantities.UnitNames)
            {
                units[_sets.Define(words, null, words.Texts(name, required: true), name)] =
                    Quantities.UnitOf(name)!.Value;
            }

            words.Finish();
        }

        return units;
    }

    private void ReadGroup(PackNode group)
    {
        foreach (var id in group.Keys)
        {
            if (_context.FindFinding(id) is not { } finding)
            {
                group.Fault(PackFaultCode.UnknownId, $"Unknown finding '{id}'.", id);
            }
            else if (group.IsMapping(id))
            {
                ReadEntry(group.Mapping(id)!, finding);
            }
            else
            {
                foreach (var text in group.Texts(id))
                {
                    Add(group, id, finding, finding.Kind switch
                    {
                        FindingKind.Boolean => Saying.Present,
                        FindingKind.Number when text.Contains('#', StringComparison.Ordinal) => Saying.Present,
                        _ => Saying.Named,
                    }, null, text);
                }
            }
        }
    }

    /// <summary>Reads an entry by key: an option, or what any phrase below it says.</summary>
    private void ReadEntry(PackNode node, Finding finding)
    {
        foreach (var key in node.Keys)
        {
            (Saying Saying, string? Option)? what = finding.OptionIndex(key) >= 0
                ? key == finding.AbsentOption ? (Saying.Absent, null) : (Saying.Present, key)
                : key switch
                {
                    PresentKey when finding.Kind == FindingKind.Boolean => (Saying.Present, null),
                    AbsentKey when finding.Kind == FindingKind.Boolean => (Saying.Absent, null),
                    AnyKey when finding.Kind != FindingKind.Boolean => (Saying.Named, null),
                    _ => null,
                };
            if (what is not var (saying, option))
            {
                node.Fault(PackFaultCode.UnknownId, $"'{key}' is no option of '{finding.Id}'.", key);
                continue;
            }

            foreach (var text in node.Texts(key, required: true))
            {
                Add(node, key, finding, saying, option, text);
            }
        }
    }

    private void Add(PackNode node, string field, Finding finding, Saying saying, string? option, string text)
    {
        if (_sets.Parse(node, field, text, out var isShared) is not { } parts)
        {
            return;
        }

        var said = $"{finding.Id} {saying} {option}";
        var key = isShared
            + string.Join('+', parts.Select(part => string.Join(' ', part)).Order(StringComparer.Ordinal));
        if (_known.TryGetValue(key, out var other))
        {
            var where = $"'{text}' already stands at {other.File}:{other.Line}";
            node.Fault(
                PackFaultCode.Duplicate,
                other.Said == said ? $"{where}." : $"{where} and says something else there.", field);
            return;
        }

        _known[key] = (said, node.File, node.LineOf(field));
        _phrases.Add(new(_phrases.Count, finding, saying, option, isShared, parts));
    }

    /// <summary>What patients can answer must be sayable: every such finding, and every option of it.</summary>
    private HashSet<(int, string?)> Needed() =>
    [
        .. _findings.Where(finding => finding.AnsweredBy == AnsweredBy.Patient)
            .SelectMany(finding => finding.Options.Count == 0
                ? [(finding.Index, null)]
                : finding.Options.Where(option => option != finding.AbsentOption)
                    .Select(option => (finding.Index, (string?)option))),
    ];

    private void CheckAgainst(HashSet<(int Finding, string? Option)> model)
    {
        var here = _phrases.Where(phrase => phrase.Saying != Saying.Absent).Select(Key).ToHashSet();
        foreach (var (index, option) in model.Where(key => !here.Contains(key))
            .OrderBy(key => key.Finding).ThenBy(key => key.Option, StringComparer.Ordinal))
        {
            var finding = _findings[index];
            var what = option is null ? $"'{finding.Id}'" : $"the option '{option}' of '{finding.Id}'";
            _context.Faults.Add(new(
                $"{_folder}{finding.Group.Id}.yaml", 1, PackFaultCode.Text, $"No phrase says {what}."));
        }
    }
}
