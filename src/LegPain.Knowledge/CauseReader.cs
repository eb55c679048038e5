using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge;

/// <summary>Reads a cause: its prior, its places and its evidence.</summary>
internal sealed class CauseReader(PackContext context, IReadOnlyDictionary<int, double> sites)
{
    private const double RatioLeast = 0.05;
    private const double RatioMost = 30;
    private const double CapDefault = 10;
    private const double CapMost = 20;

    private static readonly string[] Regions = ["gluteal", "femoral", "knee", "crural", "ankle", "foot"];
    private static readonly string[] Origins = ["bone", "muscle", "joint", "nerve", "vascular", "lymphatic", "skin"];
    private static readonly string[] Patterns =
        ["mechanical", "inflammatory", "vascular", "neurogenic", "tumor", "muscular"];

    private int _causes;
    private int _rows;

    public Cause Read(PackNode node)
    {
        var id = node.Text("id");
        if (node.File != $"causes/{id}.yaml")
        {
            node.Fault(
                PackFaultCode.BadValue, $"The cause '{id}' belongs in causes/{id}.yaml: one file a cause.", "id");
        }

        context.Say(TextKind.Cause, id, "name", node.Text("name"));
        context.Say(TextKind.Cause, id, "definition", node.Text("definition"));
        var regions = node.Texts("regions", required: true);
        if (regions.FirstOrDefault(region => !Regions.Contains(region)) is { } unknown)
        {
            node.Fault(PackFaultCode.BadValue, $"'{unknown}' is no region: {string.Join(", ", Regions)}.", "regions");
        }

        node.WordOf("icd10_verified", "yes", "index");
        var (prior, basis, sources, modifiers) = ReadPrior(node);
        var (shares, citations) = ReadSites(node);
        var cause = new Cause
        {
            Id = id,
            Index = _causes,
            Origin = node.WordOf("origin", Origins),
            SeedNumber = node.OptionalText("seed_number"),
            Icd10 = node.Texts("icd10", required: true),
            Prior = prior,
            PriorBasis = basis,
            PriorSources = sources,
            PriorModifiers = modifiers,
            DefaultUrgency = node.Word<Urgency>("default_urgency"),
            MustNotMiss = node.Flag("must_not_miss"),
            Regions = regions,
            SiteShares = shares,
            SiteCitations = citations,
            Evidence = ReadEvidence(node),
        };
        node.Finish();
        _causes++;
        return cause;
    }

    private (double Share, string Basis, IReadOnlyList<string> Sources, IReadOnlyList<PriorModifier> Modifiers)
        ReadPrior(PackNode node)
    {
        if (node.Mapping("prior") is not { } prior)
        {
            return (0.01, string.Empty, [], []);
        }

        var share = prior.Number("share", 0.000001, 0.5);
        var sources = context.Sources(prior);
        var modifiers = new List<PriorModifier>();
        var highest = share;
        foreach (var row in prior.Mappings("modifiers"))
        {
            var factor = row.Number("factor", 0, 1000);
            highest *= factor > 5 ? factor : 1;
            if (context.Condition(row, "when") is { } when)
            {
                modifiers.Add(new(when, factor));
            }

            row.Finish();
        }

        if (highest > 0.5)
        {
            prior.Fault(
                PackFaultCode.BadBound,
                $"The prior reaches {highest:0.##} with its modifiers; at most 0.5.", "modifiers");
        }

        var basis = prior.Text("note");
        prior.Finish();
        return (share, basis, sources, modifiers);
    }

    private (Dictionary<int, double> Shares, Dictionary<int, Citation> Citations) ReadSites(PackNode node)
    {
        var shares = new Dictionary<int, double>();
        var citations = new Dictionary<int, Citation>();
        foreach (var row in node.Mappings("sites"))
        {
            var id = row.Text("site");
            var share = row.Number("share", 0.001, 1);
            var citation = new Citation(row.Word<Basis>("basis"), context.Sources(row), row.OptionalText("note"));
            row.Finish();
            if (context.FindFinding(id) is not { } finding || !sites.ContainsKey(finding.Index))
            {
                row.Fault(PackFaultCode.UnknownId, $"'{id}' is no site of the pain drawing.", "site");
            }
            else if (!shares.TryAdd(finding.Index, share))
            {
                row.Fault(PackFaultCode.Duplicate, $"The site '{id}' is already there.", "site");
            }
            else
            {
                citations.Add(finding.Index, citation);
            }
        }

        if (shares.Count == 0)
        {
            node.Fault(PackFaultCode.MissingField, "'sites' is empty: where is it felt?", "sites");
        }

        return (shares, citations);
    }

    private List<Evidence> ReadEvidence(PackNode node)
    {
        var rows = new List<Evidence>();
        var seen = new Dictionary<(string, string), int>();
        foreach (var row in node.Mappings("evidence"))
        {
            var asked = row.Has("score") ? $"score({row.Text("score")})" : row.Text("finding");
            var value = row.Text("value");
            if (!seen.TryAdd((asked, value), row.Line))
            {
                row.Fault(PackFaultCode.Duplicate, $"{asked} {value} is already at line {seen[(asked, value)]}.");
            }

            if (ReadRow(row, asked, value) is { } evidence)
            {
                rows.Add(evidence);
            }
        }

        if (rows.Count == 0)
        {
            node.Fault(
                PackFaultCode.MissingField, "'evidence' is empty: nothing could tell this cause apart.", "evidence");
        }

        return rows;
    }

    private Evidence? ReadRow(PackNode row, string asked, string value)
    {
        var present = row.Number("present", RatioLeast, RatioMost);
        var absent = row.Number("absent", RatioLeast, RatioMost);
        var cap = row.Number("cap", 1, CapMost, CapDefault);
        var group = row.OptionalText("group");
        var basis = row.Word<Basis>("basis");
        if (row.Has("pattern"))
        {
            row.WordOf("pattern", Patterns);
        }

        var note = row.OptionalText("note");
        var sources = context.Sources(row);
        row.Finish();
        if (!(present >= absent || present < 1) || (present >= 1 && absent > 1))
        {
            row.Fault(
                PackFaultCode.BadBound,
                "A row speaks one way: present at 1 or more with absent at 1 or less, or present below 1.");
        }

        var isScore = row.Has("score");
        var when = context.Condition(row, isScore ? "score" : "finding", Notation(asked, value));
        return when is null ? null : new()
        {
            Index = _rows++,
            Cause = _causes,
            Finding = isScore ? null : context.FindFinding(asked),
            Score = isScore ? context.ScoreIndex(row.Text("score")) : null,
            When = when,
            Value = value,
            RatioPresent = Math.Clamp(present, 1 / cap, cap),
            RatioAbsent = Math.Clamp(absent, 1 / cap, cap),
            CutPresent = IsCut(present, cap) ? present : null,
            CutAbsent = IsCut(absent, cap) ? absent : null,
            CorrelatedGroup = group,
            Basis = basis,
            Sources = sources,
            Note = note,
        };
    }

    private static bool IsCut(double ratio, double cap) => ratio < 1 / cap || ratio > cap;

    /// <summary>Turns "present", an option, a comparison or a range into the notation of conditions.</summary>
    private static string Notation(string asked, string value)
    {
        if (value == "present")
        {
            return asked;
        }

        if (value.Contains("..", StringComparison.Ordinal))
        {
            var bounds = value.Split("..");
            return $"all({asked}>={bounds[0]}, {asked}<={bounds[1]})";
        }

        return value.Length > 0 && value[0] is '<' or '>' ? asked + value : $"{asked}={value}";
    }
}
