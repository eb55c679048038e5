using System.Security.Cryptography;
using System.Text;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge;

/// <summary>Reads a pack and checks it: every fault at once, each with file and line.</summary>
/// <remarks>
/// What names things is read before what names them: sources, groups and findings, the ids of scores, causes and
/// examinations, and only then conditions, evidence and rules.
/// </remarks>
internal sealed class PackReader
{
    private static readonly string[] TopFiles = ["pack.yaml", "sources.yaml", "examinations.yaml", "advice.yaml"];

    private static readonly string[] Folders = ["findings", "causes", "red-flags", "scores", "lexicon"];

    private static readonly string[] RedFlagOrder = ["immediate", "same-day", "soon", "routine"];

    private readonly PackContext _context = new();
    private readonly IReadOnlyList<PackFile> _files;

    private PackReader(IReadOnlyList<PackFile> files) => _files = files;

    /// <summary>Reads a pack.</summary>
    /// <returns>The pack and no faults, or null and every fault, by file and line.</returns>
    public static (KnowledgePack? Pack, IReadOnlyList<PackFault> Faults) Read(IReadOnlyList<PackFile> files)
    {
        var reader = new PackReader(files);
        var pack = reader.Read();
        var faults = reader._context.Faults
            .OrderBy(fault => fault.File, StringComparer.Ordinal).ThenBy(fault => fault.Line).ToList();
        return (faults.Count == 0 ? pack : null, faults);
    }

    private KnowledgePack? Read()
    {
        RefuseStrays();
        var sources = In("sources.yaml").SelectMany(_context.List).Select(ReadSource).ToList();
        var header = In("pack.yaml").Select(_context.Mapping).FirstOrDefault();
        if (header is null)
        {
            if (!In("pack.yaml").Any())
            {
                _context.Faults.Add(new("pack.yaml", 1, PackFaultCode.MissingField, "The pack has no pack.yaml."));
            }

            return null;
        }

        var findings = new FindingReader(_context);
        findings.ReadGroups(header.Mappings("groups"));
        foreach (var file in Below("findings/"))
        {
            findings.ReadFile(file, _context.List(file));
        }

        var scores = Below("scores/").Select(_context.Mapping).OfType<PackNode>().ToList();
        var causes = Below("causes/").Select(_context.Mapping).OfType<PackNode>()
            .OrderBy(node => SeedOrder(node), StringComparer.Ordinal).ToList();
        var examinations = In("examinations.yaml").SelectMany(_context.List).ToList();
        scores.ForEach(node => _context.DeclareScore(_context.Id(node, TextKind.Score)));
        causes.ForEach(node => _context.DeclareCause(_context.Id(node, TextKind.Cause)));
        examinations.ForEach(node => _context.DeclareExamination(_context.Id(node, TextKind.Examination)));

        var rules = new RuleReader(_context);
        var causeReader = new CauseReader(_context, findings.Sites);
        var scoreList = scores.Select(rules.ReadScore).ToList();
        var parts = new KnowledgeParts
        {
            Id = header.Text("id"),
            Version = header.Text("version"),
            Hash = HashOf(_files),
            Model = ReadModel(header),
            UrgencyLevels = ReadUrgencies(header),
            Findings = findings.Findings,
            SiteBase = findings.Sites,
            Derivations = findings.ReadDerivations(),
            Causes = [.. causes.Select(causeReader.Read)],
            RedFlags = [.. Below("red-flags/").SelectMany(_context.List)
                .OrderBy(node => Array.IndexOf(RedFlagOrder, node.OptionalText("urgency"))).Select(rules.ReadRedFlag)],
            Scores = scoreList,
            ScoreOrder = rules.OrderScores(scoreList),
            Examinations = [.. examinations.Select(rules.ReadExamination)],
            Advice = [.. In("advice.yaml").SelectMany(_context.List).Select(rules.ReadAdvice)],
            Sources = sources,
        };
        header.Finish();
        var translations = TranslationReader.Read(_context, _files, findings.Findings);
        return _context.Faults.Count > 0 ? null : Check(new(parts), translations, rules);
    }

    /// <summary>The checks that need the whole knowledge base.</summary>
    private KnowledgePack Check(KnowledgeBase knowledge, IReadOnlyList<PackTexts> texts, RuleReader rules)
    {
        foreach (var rule in knowledge.RedFlags.Where(rule => Reachability.FindWitness(knowledge, rule) is null))
        {
            rules.NodeOf(rule.Id).Fault(PackFaultCode.UnreachableRedFlag,
                $"No set of answers raises '{rule.Id}' by itself: its condition contradicts itself.", "when");
        }

        foreach (var cause in knowledge.Causes.Where(cause => cause.MustNotMiss))
        {
            if (!knowledge.RedFlags.Any(rule => rule.Suspects.Contains(cause.Index)))
            {
                _context.Faults.Add(new($"causes/{cause.Id}.yaml", 1, PackFaultCode.Unguarded,
                    $"'{cause.Id}' must not be missed, but no red flag suspects it."));
            }

            if (!knowledge.Examinations.Any(examination => examination.Causes.Contains(cause.Index)))
            {
                _context.Faults.Add(new($"causes/{cause.Id}.yaml", 1, PackFaultCode.Unguarded,
                    $"'{cause.Id}' must not be missed, but no examination settles it."));
            }

            if (!knowledge.Advice.Any(advice => advice.Causes.Contains(cause.Index)))
            {
                _context.Faults.Add(new($"causes/{cause.Id}.yaml", 1, PackFaultCode.Unguarded,
                    $"'{cause.Id}' must not be missed, but has no advice."));
            }
        }

        return new(knowledge, texts);
    }

    /// <summary>
    /// A file at a path nobody reads is most often a misspelled folder: its rules would be lost in silence.
    /// </summary>
    private void RefuseStrays()
    {
        foreach (var file in _files.Where(file => !IsPartOfAPack(file.Path)))
        {
            _context.Faults.Add(new(file.Path, 1, PackFaultCode.Syntax,
                $"No part of a pack has this path. Folders are {string.Join(", ", Folders)} and two-letter languages; "
                + $"files are {string.Join(", ", TopFiles)}."));
        }
    }

    private static bool IsPartOfAPack(string path)
    {
        var parts = path.Split('/');
        return parts.Length == 1 ? TopFiles.Contains(path) : Folders.Contains(parts[0]) || parts[0].Length == 2;
    }

    private IEnumerable<PackFile> In(string path) => _files.Where(file => file.Path == path);

    private IEnumerable<PackFile> Below(string folder) =>
        _files.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>The founding article's causes in its order, then the neighbors by id.</summary>
    private static string SeedOrder(PackNode node)
    {
        var number = node.OptionalText("seed_number");
        return number is null
            ? "99 " + node.OptionalText("id")
            : number.PadLeft(number.Contains('.', StringComparison.Ordinal) ? 4 : 2, '0');
    }

    private Source ReadSource(PackNode node)
    {
        var key = node.Text("key");
        if (!_context.DeclareSource(key))
        {
            node.Fault(PackFaultCode.Duplicate, $"The source '{key}' is already there.", "key");
        }

        var year = node.Number("year", 1000, 2200, 0);
        var source = new Source(key, node.Text("title"), node.Text("publisher"), year == 0 ? null : (int)year,
            node.OptionalText("address"), node.WordOf("read", "full", "abstract", "excerpt", "secondary", "memory"),
            ReadGrade(node));
        node.Finish();
        return source;
    }

    private static EvidenceGrade ReadGrade(PackNode node) =>
        node.WordOf("grade", "A", "B", "C", "seed", "judgment") switch
        {
            "A" => EvidenceGrade.A,
            "B" => EvidenceGrade.B,
            "C" => EvidenceGrade.C,
            "seed" => EvidenceGrade.Seed,
            _ => EvidenceGrade.Judgment,
        };

    private ModelConstants ReadModel(PackNode header)
    {
        if (header.Mapping("model") is not { } model)
        {
            return new(0, 0, 0, 0, 0, 0, 0, Urgency.Soon, null!, null!);
        }

        model.Ignore("note");
        _context.Sources(model);
        var constants = new ModelConstants(
            model.Number("something_else_prior", 0.001, 0.9),
            model.Number("selected_share", 0, 1),
            model.Number("question_base_share", 0.001, 0.5),
            model.Number("question_gain_min", 0, 10),
            model.Number("exclusion_probability", 0, 0.1),
            model.Number("site_default_share", 0.001, 0.5),
            model.Number("site_ratio_max", 1, 100),
            model.Word<Urgency>("ranking_urgency_max"),
            ModelFinding(model, "episode_start"),
            ModelFinding(model, "age"));
        model.Finish();
        return constants;
    }

    private Finding ModelFinding(PackNode model, string field)
    {
        var id = model.Text(field);
        if (_context.FindFinding(id) is not { Kind: FindingKind.Number } finding)
        {
            model.Fault(PackFaultCode.UnknownId, $"'{field}' must name a finding that is a number.", field);
            return null!;
        }

        return finding;
    }

    private IReadOnlyList<UrgencyLevel> ReadUrgencies(PackNode header)
    {
        var levels = new List<UrgencyLevel>();
        foreach (var node in header.Mappings("urgencies"))
        {
            var urgency = node.Word<Urgency>("id");
            var id = node.Text("id");
            if (levels.Exists(level => level.Urgency == urgency))
            {
                node.Fault(PackFaultCode.Duplicate, $"The urgency '{id}' is already there.", "id");
            }

            node.Ignore("note");
            _context.Say(TextKind.Urgency, id, "name", node.Text("name"));
            _context.Say(TextKind.Urgency, id, "act", node.Text("act"));
            var sources = _context.Sources(node);
            levels.Add(new(urgency, RuleReader.ReadTimeLimit(node, "act_within", required: false),
                node.WordOf("service", "emergency-department", "same-day-clinician", "clinician", "home"),
                string.Join(";", sources)));
            node.Finish();
        }

        foreach (var missing in Enum.GetValues<Urgency>().Except(levels.Select(level => level.Urgency)))
        {
            header.Fault(PackFaultCode.MissingField, $"'urgencies' lacks {missing}.", "urgencies");
        }

        return levels;
    }

    private static string HashOf(IReadOnlyList<PackFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Content}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
