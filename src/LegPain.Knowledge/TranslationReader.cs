using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;

namespace LegPain.Knowledge;

/// <summary>
/// Reads the texts of the other languages and holds them complete: the same ids and fields, no more and no fewer.
/// </summary>
internal static class TranslationReader
{
    private static readonly Dictionary<string, TextKind> Kinds = new(StringComparer.Ordinal)
    {
        ["findings.yaml"] = TextKind.Finding,
        ["causes.yaml"] = TextKind.Cause,
        ["red-flags.yaml"] = TextKind.RedFlag,
        ["scores.yaml"] = TextKind.Score,
        ["examinations.yaml"] = TextKind.Examination,
        ["advice.yaml"] = TextKind.Advice,
        ["urgencies.yaml"] = TextKind.Urgency,
    };

    /// <summary>Returns the texts of every language, the authoring language first.</summary>
    public static IReadOnlyList<PackTexts> Read(
        PackContext context, IReadOnlyList<PackFile> files, IReadOnlyList<Finding> findings)
    {
        List<string> languages =
        [
            KnowledgePack.AuthoringLanguage,
            .. files.Select(file => file.Path.Split('/'))
                .Where(path => path.Length > 1 && path[0].Length == 2)
                .Select(path => path[0]).Distinct().Order(StringComparer.Ordinal),
        ];
        var lexicons = LexiconReader.Read(context, files, findings, languages);
        return
        [
            .. languages.Zip(lexicons, (language, lexicon) => new PackTexts(
                language,
                language == KnowledgePack.AuthoringLanguage ? context.Texts : Read(context, language, files),
                lexicon)),
        ];
    }

    private static Dictionary<(TextKind, string, string), string> Read(
        PackContext context, string language, IReadOnlyList<PackFile> files)
    {
        var texts = new Dictionary<(TextKind Kind, string Id, string Field), string>();
        foreach (var (name, kind) in Kinds)
        {
            var path = $"{language}/{name}";
            if (files.FirstOrDefault(file => file.Path == path) is not { } file
                || context.Mapping(file) is not { } root)
            {
                context.Faults.Add(new(path, 1, PackFaultCode.Text, $"The language '{language}' has no {name}."));
                continue;
            }

            foreach (var id in root.Keys)
            {
                if (root.Mapping(id) is { } node)
                {
                    ReadEntry(node, kind, id, texts);
                }
            }

            foreach (var left in texts.Keys.Where(key => key.Kind == kind && !context.Texts.ContainsKey(key)))
            {
                root.Fault(PackFaultCode.Text, $"'{left.Id}' has no '{left.Field}' in the pack itself.", left.Id);
            }

            foreach (var (_, id, field) in context.Texts.Keys
                .Where(key => key.Item1 == kind && !texts.ContainsKey(key)))
            {
                root.Fault(PackFaultCode.Text, $"'{id}' has no '{field}' in '{language}'.", id);
            }
        }

        return texts;
    }

    private static void ReadEntry(
        PackNode node, TextKind kind, string id, Dictionary<(TextKind, string, string), string> texts)
    {
        foreach (var field in node.Keys)
        {
            if (field != "options")
            {
                texts[(kind, id, field)] = node.Text(field);
            }
            else if (node.Mapping(field) is { } options)
            {
                foreach (var option in options.Keys)
                {
                    texts[(kind, id, "option:" + option)] = options.Text(option);
                }
            }
        }
    }
}
