using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace LegPain.Knowledge;

/// <summary>A mapping of a pack file, read field by field; every fault is kept with its line.</summary>
internal sealed class PackNode
{
    private readonly YamlMappingNode _mapping;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly ICollection<PackFault> _faults;

    public PackNode(string file, YamlMappingNode mapping, ICollection<PackFault> faults)
    {
        File = file;
        _mapping = mapping;
        _faults = faults;
    }

    public string File { get; }

    public int Line => (int)_mapping.Start.Line;

    public IEnumerable<string> Keys =>
        _mapping.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? string.Empty);

    /// <summary>
    /// Adds a fault at the line of a field, or at the line of the mapping when the field is not there.
    /// </summary>
    public void Fault(PackFaultCode code, string message, string? field = null, int linesBelow = 0) =>
        _faults.Add(new(File, LineOf(field) + linesBelow, code, message));

    public bool Has(string field) => Get(field) is not null;

    /// <summary>Returns whether a field is a mapping.</summary>
    public bool IsMapping(string field) => Get(field) is YamlMappingNode;

    public string? OptionalText(string field)
    {
        switch (Get(field))
        {
            case null:
                return null;
            case YamlScalarNode { Value: { Length: > 0 } value }:
                return value;
            default:
                Fault(PackFaultCode.BadValue, $"'{field}' must be a text.", field);
                return null;
        }
    }

    public string Text(string field)
    {
        if (Get(field) is null)
        {
            Fault(PackFaultCode.MissingField, $"'{field}' is missing.");
        }

        return OptionalText(field) ?? string.Empty;
    }

    /// <summary>Reads a number; gives the lower bound after a fault.</summary>
    public double Number(string field, double least, double most, double? fallback = null)
    {
        if (Get(field) is null)
        {
            if (fallback is null)
            {
                Fault(PackFaultCode.MissingField, $"'{field}' is missing.");
            }

            return fallback ?? least;
        }

        if (!double.TryParse(OptionalText(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            Fault(PackFaultCode.BadValue, $"'{field}' must be a number.", field);
            return least;
        }

        if (!(number >= least && number <= most))
        {
            Fault(PackFaultCode.BadBound,
                string.Create(CultureInfo.InvariantCulture, $"'{field}' is {number}, outside {least} to {most}."),
                field);
            return least;
        }

        return number;
    }

    public bool Flag(string field)
    {
        var text = OptionalText(field);
        if (text is not (null or "true" or "false"))
        {
            Fault(PackFaultCode.BadValue, $"'{field}' must be true or false.", field);
        }

        return text == "true";
    }

    /// <summary>Reads one of an enum's values, written in kebab-case.</summary>
    public T Word<T>(string field)
        where T : struct, Enum
    {
        var text = Text(field);
        if (text.Length == 0)
        {
            return default;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (Kebab(value.ToString()) == text)
            {
                return value;
            }
        }

        Fault(PackFaultCode.BadValue,
            $"'{field}' is '{text}'; it must be one of: {string.Join(", ", Enum.GetNames<T>().Select(Kebab))}.", field);
        return default;
    }

    public string WordOf(string field, params string[] allowed)
    {
        var text = Text(field);
        if (text.Length > 0 && !allowed.Contains(text))
        {
            Fault(
                PackFaultCode.BadValue,
                $"'{field}' is '{text}'; it must be one of: {string.Join(", ", allowed)}.", field);
        }

        return text;
    }

    public IReadOnlyList<string> Texts(string field, bool required = false)
    {
        switch (Get(field))
        {
            case null:
                if (required)
                {
                    Fault(PackFaultCode.MissingField, $"'{field}' is missing.");
                }

                return [];
            case YamlSequenceNode sequence
                when sequence.Children.All(child => child is YamlScalarNode { Value.Length: > 0 }):
                return [.. sequence.Children.Cast<YamlScalarNode>().Select(child => child.Value!)];
            default:
                Fault(PackFaultCode.BadValue, $"'{field}' must be a list of texts.", field);
                return [];
        }
    }

    public PackNode? OptionalMapping(string field)
    {
        switch (Get(field))
        {
            case null:
                return null;
            case YamlMappingNode mapping:
                return new(File, mapping, _faults);
            default:
                Fault(PackFaultCode.BadValue, $"'{field}' must be a mapping.", field);
                return null;
        }
    }

    public PackNode? Mapping(string field)
    {
        if (Get(field) is null)
        {
            Fault(PackFaultCode.MissingField, $"'{field}' is missing.");
        }

        return OptionalMapping(field);
    }

    public IReadOnlyList<PackNode> Mappings(string field)
    {
        switch (Get(field))
        {
            case null:
                return [];
            case YamlSequenceNode sequence when sequence.Children.All(child => child is YamlMappingNode):
                return [.. sequence.Children.Cast<YamlMappingNode>()
                    .Select(child => new PackNode(File, child, _faults))];
            default:
                Fault(PackFaultCode.BadValue, $"'{field}' must be a list of mappings.", field);
                return [];
        }
    }

    /// <summary>Marks fields that are for people only, so that they are not unknown.</summary>
    public void Ignore(params string[] fields) => _read.UnionWith(fields);

    /// <summary>Reports every field that nothing asked for: most often a misspelled one.</summary>
    public void Finish()
    {
        foreach (var key in Keys.Where(key => !_read.Contains(key)))
        {
            Fault(PackFaultCode.UnknownField, $"'{key}' is no field here; known are: {string.Join(", ", _read)}.", key);
        }
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) =>
            char.IsUpper(c) ? (i > 0 ? "-" : string.Empty) + char.ToLowerInvariant(c) : c.ToString()));

    private YamlNode? Get(string field)
    {
        _read.Add(field);
        return _mapping.Children.TryGetValue(new YamlScalarNode(field), out var node) ? node : null;
    }

    /// <summary>Returns the line of a field, or that of the mapping when the field is not there.</summary>
    public int LineOf(string? field)
    {
        var key = field is null
            ? null
            : _mapping.Children.Keys.FirstOrDefault(key => key is YamlScalarNode scalar && scalar.Value == field);
        return (int)(key ?? _mapping).Start.Line;
    }
}
