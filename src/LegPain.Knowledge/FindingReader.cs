using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge;

/// <summary>Reads the groups and the findings.</summary>
internal sealed class FindingReader(PackContext context)
{
    private readonly Dictionary<string, FindingGroup> _groups = new(StringComparer.Ordinal);

    private readonly List<(Finding Finding, PackNode Node)> _derivations = [];

    public List<Finding> Findings { get; } = [];

    /// <summary>Gets the base share of each site of the pain drawing, by finding index.</summary>
    public Dictionary<int, double> Sites { get; } = [];

    public void ReadGroups(IReadOnlyList<PackNode> nodes)
    {
        foreach (var node in nodes)
        {
            var group = new FindingGroup(
                node.Text("id"), node.Flag("outlives_episode"), node.Flag("starts_with_episode"));
            if (!_groups.TryAdd(group.Id, group))
            {
                node.Fault(PackFaultCode.Duplicate, $"The group '{group.Id}' is already there.", "id");
            }

            node.Finish();
        }
    }

    /// <summary>Reads the findings of one group; the file is named after it.</summary>
    public void ReadFile(PackFile file, IReadOnlyList<PackNode> nodes)
    {
        var name = Path.GetFileNameWithoutExtension(file.Path);
        if (!_groups.TryGetValue(name, out var group))
        {
            context.Faults.Add(
                new(file.Path, 1, PackFaultCode.UnknownId, $"pack.yaml has no group '{name}' for this file."));
            return;
        }

        foreach (var node in nodes)
        {
            Read(node, group);
        }
    }

    private void Read(PackNode node, FindingGroup group)
    {
        var id = context.Id(node, TextKind.Finding);
        context.Say(TextKind.Finding, id, "question", node.Text("question"));
        context.Say(TextKind.Finding, id, "definition", node.Text("definition"));
        node.Ignore("seed");
        var kind = node.Word<FindingKind>("kind");
        var (least, most) = kind == FindingKind.Number ? Range(node) : (0, 0);
        var options = kind is FindingKind.Choice or FindingKind.Choices ? Options(node, id) : [];
        double? zero = kind == FindingKind.Number && node.Has("absent_is")
            ? node.Number("absent_is", least, most)
            : null;
        var none = kind == FindingKind.Number ? null : node.OptionalText("absent_is");
        if (none is not null && !options.Contains(none))
        {
            node.Fault(PackFaultCode.UnknownId, $"'{none}' is no option of '{id}'.", "absent_is");
            none = null;
        }

        var finding = new Finding
        {
            Id = id,
            Index = Findings.Count,
            Kind = kind,
            AnsweredBy = node.Word<AnsweredBy>("answered_by"),
            Group = group,
            Options = options,
            AbsentOption = none,
            AbsentNumber = zero,
            Minimum = least,
            Maximum = most,
            Unit = kind == FindingKind.Number ? node.Text("unit") : null,
            GrowthPerDay = !node.Has("grows") ? 0 : node.WordOf("grows", "daily", "yearly") == "daily" ? 1 : 1 / 365.25,
            EndsWithEpisode = EndsWithEpisode(node, group),
            WorseWhenLower = node.Has("worse_when") && node.WordOf("worse_when", "lower", "higher") == "lower",
        };
        if (node.OptionalMapping("site") is { } site)
        {
            Sites[finding.Index] = site.Number("share", 0.001, 1);
            context.Sources(site);
            site.Word<Engine.Knowledge.Basis>("basis");
            site.Ignore("note");
            site.Finish();
        }

        if (node.OptionalMapping("follows_from") is { } derivation)
        {
            _derivations.Add((finding, derivation));
        }

        node.Finish();
        Findings.Add(finding);
        context.Declare(finding);
    }

    /// <summary>Reads what follows from other answers, once all findings are known.</summary>
    public List<Derivation> ReadDerivations()
    {
        var read = new List<Derivation>();
        foreach (var (finding, node) in _derivations)
        {
            var sources = context.Sources(node);
            var when = context.Condition(node, "when");
            if (finding.Kind != FindingKind.Boolean)
            {
                node.Fault(PackFaultCode.BadValue, "Only a finding without a value can follow from others.", "when");
            }

            if (when?.SelfAndParts().Any(part => part.Score is not null
                || _derivations.Exists(other => other.Finding == part.Finding)) == true)
            {
                node.Fault(
                    PackFaultCode.BadCondition, "It asks for no score, and for nothing that itself follows.", "when");
            }
            else if (when is not null)
            {
                read.Add(new(finding, when, sources));
            }

            node.Finish();
        }

        return read;
    }

    private static bool EndsWithEpisode(PackNode node, FindingGroup group)
    {
        var ends = node.Flag("ends_with_episode");
        if (ends && !group.OutlivesEpisode)
        {
            node.Fault(
                PackFaultCode.BadValue, $"All of the group '{group.Id}' ends with the episode.", "ends_with_episode");
        }

        return ends;
    }

    private IReadOnlyList<string> Options(PackNode node, string id)
    {
        if (node.Mapping("options") is not { } labels)
        {
            return [];
        }

        var options = labels.Keys.ToList();
        if (options.Count is < 2 or > Finding.OptionsMax)
        {
            node.Fault(PackFaultCode.BadBound, $"A choice has 2 to {Finding.OptionsMax} options.", "options");
        }

        foreach (var option in options)
        {
            context.Say(TextKind.Finding, id, "option:" + option, labels.Text(option));
        }

        return options;
    }

    private static (double Least, double Most) Range(PackNode node)
    {
        var bounds = node.Texts("range", required: true);
        if (bounds.Count != 2
            || !double.TryParse(bounds[0], System.Globalization.CultureInfo.InvariantCulture, out var least)
            || !double.TryParse(bounds[1], System.Globalization.CultureInfo.InvariantCulture, out var most)
            || !(least < most))
        {
            node.Fault(PackFaultCode.BadBound, "'range' must be [least, most], least below most.", "range");
            return (0, 1);
        }

        return (least, most);
    }
}
