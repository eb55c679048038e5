using LegPain.Knowledge;

namespace LegPain.Server.Mapping;

/// <summary>One writer a language of the pack.</summary>
internal sealed class AssessmentWriters(KnowledgePack pack)
{
    private readonly Dictionary<string, AssessmentWriter> _byLanguage = pack.Languages.ToDictionary(
        language => language, language => new AssessmentWriter(pack.Knowledge, pack.Texts(language)));

    /// <summary>
    /// Returns the writer for the first language of an Accept-Language list that the pack has, or English.
    /// </summary>
    public AssessmentWriter For(string? acceptLanguage) => _byLanguage[pack.Texts(acceptLanguage).Language];
}
