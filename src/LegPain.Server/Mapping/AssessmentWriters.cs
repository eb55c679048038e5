using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Server.Mapping;

/// <summary>One writer a loaded pack and language: an assessment speaks in the texts of its own pack.</summary>
internal sealed class AssessmentWriters(IReadOnlyList<KnowledgePack> packs)
{
    private readonly Dictionary<(string Hash, string Language), AssessmentWriter> _writers = (
        from pack in packs
        from language in pack.Languages
        select new AssessmentWriter(pack.Knowledge, pack.Texts(language))).ToDictionary(
            writer => (writer.Knowledge.Hash, writer.Texts.Language));

    /// <summary>
    /// Returns the writer for what was made with this knowledge, in the first language of an Accept-Language list that
    /// its pack has, or in English.
    /// </summary>
    public AssessmentWriter For(KnowledgeBase knowledge, string? acceptLanguage)
    {
        var pack = packs.First(pack => pack.Knowledge.Hash == knowledge.Hash);
        return _writers[(knowledge.Hash, pack.Texts(acceptLanguage).Language)];
    }
}
