using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;

namespace LegPain.Knowledge;

/// <summary>Finds findings by the words people use for them.</summary>
public static class FindingSearch
{
    private const int IdWeight = 4;
    private const int QuestionWeight = 3;
    private const int OptionWeight = 2;
    private const int DefinitionWeight = 1;

    /// <summary>
    /// Returns the findings that the lexicon reads in the query, in their order there; then those whose texts match any
    /// word, the best match first, ties in the order of the pack.
    /// </summary>
    /// <param name="knowledge">The findings.</param>
    /// <param name="texts">The language to search in; ids are searched in any.</param>
    /// <param name="query">
    /// Words. Case and accents do not count, and a word matches the beginning of a longer one.
    /// </param>
    /// <param name="max">The most to return.</param>
    public static IReadOnlyList<Finding> Search(KnowledgeBase knowledge, PackTexts texts, string query, int max)
    {
        var wanted = Words(query).Distinct().ToList();
        var said = MentionReader.Read(knowledge, new(texts.Lexicon, query)).Select(mention => mention.Finding).ToList();
        return
        [
            .. said.Concat(knowledge.Findings.Select(finding => (finding, score: Score(finding, texts, wanted)))
                .Where(match => match.score > 0)
                .OrderByDescending(match => match.score).ThenBy(match => match.finding.Index)
                .Select(match => match.finding))
                .Distinct().Take(max),
        ];
    }

    private static int Score(Finding finding, PackTexts texts, List<string> wanted)
    {
        var fields = new (int Weight, HashSet<string> Words)[]
        {
            (IdWeight, [.. Words(finding.Id)]),
            (QuestionWeight, [.. Words(texts[TextKind.Finding, finding.Id, "question"])]),
            (OptionWeight, [.. finding.Options
                .SelectMany(option => Words(texts[TextKind.Finding, finding.Id, "option:" + option]))]),
            (DefinitionWeight, [.. Words(texts[TextKind.Finding, finding.Id, "definition"])]),
        };
        return wanted.Sum(word => fields.Sum(field =>
            field.Words.Contains(word) ? 2 * field.Weight
            : field.Words.Any(known => known.StartsWith(word, StringComparison.Ordinal)) ? field.Weight
            : 0));
    }

    private static IEnumerable<string> Words(string text) =>
        Tokenizer.Read(text, joinApostrophes: false)
            .Where(token => token.Kind is TokenKind.Word or TokenKind.Number).Select(token => token.Word);
}
