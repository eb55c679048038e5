using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using YamlDotNet.RepresentationModel;

namespace LegPain.Knowledge;

/// <summary>
/// What the readers of the single files share: the faults so far, the ids, the sources and the texts.
/// </summary>
internal sealed class PackContext : IConditionVocabulary
{
    private readonly Dictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _scores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _causes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _examinations = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(TextKind, string), (string File, int Line)> _ids = [];

    public List<PackFault> Faults { get; } = [];

    public Dictionary<(TextKind, string, string), string> Texts { get; } = [];

    public Finding? FindFinding(string id) => _findings.GetValueOrDefault(id);

    public int ScoreIndex(string id) => _scores.GetValueOrDefault(id, -1);

    public void Declare(Finding finding) => _findings.TryAdd(finding.Id, finding);

    public void DeclareScore(string id) => _scores.TryAdd(id, _scores.Count);

    public void DeclareCause(string id) => _causes.TryAdd(id, _causes.Count);

    public void DeclareExamination(string id) => _examinations.TryAdd(id, _examinations.Count);

    public bool DeclareSource(string key) => _sources.Add(key);

    /// <summary>Returns the id of a node after checking that it is kebab-case and the only one of its kind.</summary>
    public string Id(PackNode node, TextKind kind)
    {
        var id = node.Text("id");
        if (id.Length == 0)
        {
            return id;
        }

        if (!id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || id[0] == '-' || id[^1] == '-')
        {
            node.Fault(
                PackFaultCode.BadValue, $"The id '{id}' must be in kebab-case: a-z, 0-9 and single hyphens.", "id");
        }

        if (!_ids.TryAdd((kind, id), (node.File, node.Line)))
        {
            var (file, line) = _ids[(kind, id)];
            node.Fault(PackFaultCode.Duplicate, $"'{id}' is already at {file}:{line}.", "id");
        }

        return id;
    }

    public void Say(TextKind kind, string id, string field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Texts[(kind, id, field)] = text;
        }
    }

    /// <summary>Reads the sources of a clinical statement: at least one, each known.</summary>
    public IReadOnlyList<string> Sources(PackNode node, string field = "source")
    {
        var keys = node.Texts(field);
        if (keys.Count == 0)
        {
            node.Fault(
                PackFaultCode.MissingSource, $"'{field}' names no source. Every clinical statement has one.", field);
        }

        foreach (var key in keys.Where(key => !_sources.Contains(key)))
        {
            node.Fault(PackFaultCode.UnknownId, $"Unknown source '{key}': sources.yaml has none of that key.", field);
        }

        return keys;
    }

    public IReadOnlyList<int> Causes(PackNode node, string field) => Indices(node, field, _causes, "cause");

    public IReadOnlyList<int> FindingsOf(PackNode node, string field)
    {
        var known = new List<int>();
        foreach (var id in node.Texts(field))
        {
            if (FindFinding(id) is { } finding)
            {
                known.Add(finding.Index);
            }
            else
            {
                node.Fault(PackFaultCode.UnknownId, $"Unknown finding '{id}'.", field);
            }
        }

        return known;
    }

    /// <summary>Returns the position of the examination a field names, or 0 after a fault.</summary>
    public int Examination(PackNode node, string field)
    {
        var id = node.Text(field);
        if (id.Length == 0 || _examinations.TryGetValue(id, out var index))
        {
            return id.Length == 0 ? 0 : _examinations[id];
        }

        node.Fault(PackFaultCode.UnknownId, $"Unknown examination '{id}'.", field);
        return 0;
    }

    /// <summary>Reads a condition; null after a fault.</summary>
    public Condition? Condition(PackNode node, string field)
    {
        var text = node.Text(field);
        return text.Length == 0 ? null : Condition(node, field, text);
    }

    public Condition? Condition(PackNode node, string field, string text)
    {
        var condition = ConditionParser.Parse(text, this, out var faults);
        foreach (var fault in faults)
        {
            var code = fault.Message.StartsWith("Unknown", StringComparison.Ordinal)
                ? PackFaultCode.UnknownId
                : PackFaultCode.BadCondition;
            node.Fault(code, fault.Message, field, text.Contains('\n', StringComparison.Ordinal) ? fault.Line + 1 : 0);
        }

        return condition;
    }

    /// <summary>Parses a file to its root, or adds a fault.</summary>
    public YamlNode? Root(PackFile file)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(file.Content);
            stream.Load(reader);
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            Faults.Add(new(file.Path, 1, PackFaultCode.Syntax, "The file must hold one YAML document."));
        }
        catch (YamlDotNet.Core.YamlException exception)
        {
            Faults.Add(new(file.Path, (int)exception.Start.Line, PackFaultCode.Syntax, exception.Message));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this, without a place, on some text that breaks off inside a flow mapping.
            Faults.Add(
                new(file.Path, 1, PackFaultCode.Syntax, "The file is no YAML: a bracket or a quote may be left open."));
        }

        return null;
    }

    /// <summary>Returns the mappings of a file that is a list of them.</summary>
    public IReadOnlyList<PackNode> List(PackFile file)
    {
        switch (Root(file))
        {
            case null:
                return [];
            case YamlSequenceNode sequence when sequence.Children.All(child => child is YamlMappingNode):
                return [.. sequence.Children.Cast<YamlMappingNode>()
                    .Select(child => new PackNode(file.Path, child, Faults))];
            default:
                Faults.Add(new(file.Path, 1, PackFaultCode.Syntax, "The file must be a list of mappings."));
                return [];
        }
    }

    /// <summary>Returns the mapping of a file that is one.</summary>
    public PackNode? Mapping(PackFile file)
    {
        switch (Root(file))
        {
            case null:
                return null;
            case YamlMappingNode mapping:
                return new(file.Path, mapping, Faults);
            default:
                Faults.Add(new(file.Path, 1, PackFaultCode.Syntax, "The file must be a mapping."));
                return null;
        }
    }

    private static IReadOnlyList<int> Indices(PackNode node, string field, Dictionary<string, int> known, string what)
    {
        var result = new List<int>();
        foreach (var id in node.Texts(field))
        {
            if (known.TryGetValue(id, out var index))
            {
                result.Add(index);
            }
            else
            {
                node.Fault(PackFaultCode.UnknownId, $"Unknown {what} '{id}'.", field);
            }
        }

        return result;
    }
}
