namespace LegPain.Engine.Knowledge;

/// <summary>The knowledge bases a process has loaded, one of them in force. Immutable; safe to share.</summary>
/// <remarks>
/// Told apart by hash: the same content given twice is loaded once. A name and version stand for one content only, so
/// that a version people read never means two things.
/// </remarks>
public sealed class KnowledgeLibrary
{
    private readonly List<KnowledgeBase> _loaded = [];

    /// <summary>Makes a library.</summary>
    /// <param name="inForce">What every patient is assessed with, unless a caller asks otherwise.</param>
    /// <param name="also">What a caller may ask for besides.</param>
    /// <exception cref="ArgumentException">Two have the same name and version and different content.</exception>
    public KnowledgeLibrary(KnowledgeBase inForce, params IEnumerable<KnowledgeBase> also)
    {
        foreach (var knowledge in also.Prepend(inForce))
        {
            var namesakes = Match(knowledge.Id, knowledge.Version, hash: string.Empty);
            if (namesakes.Count == 0)
            {
                _loaded.Add(knowledge);
            }
            else if (namesakes[0].Hash != knowledge.Hash)
            {
                throw new ArgumentException(
                    $"Two knowledge bases with different content are both called {knowledge.Id} {knowledge.Version}.",
                    nameof(also));
            }
        }
    }

    /// <summary>Gets the one in force.</summary>
    public KnowledgeBase InForce => _loaded[0];

    /// <summary>Gets all of them: the one in force first, then in the order in which they were given.</summary>
    public IReadOnlyList<KnowledgeBase> Loaded => _loaded;

    /// <summary>Returns the one with this hash, or null.</summary>
    public KnowledgeBase? Find(string hash) => _loaded.Find(knowledge => knowledge.Hash == hash);

    /// <summary>Returns those of a name, version and hash; an empty string stands for any.</summary>
    public IReadOnlyList<KnowledgeBase> Match(string id, string version, string hash) =>
        _loaded.FindAll(knowledge => (id.Length == 0 || knowledge.Id == id)
            && (version.Length == 0 || knowledge.Version == version)
            && (hash.Length == 0 || knowledge.Hash == hash));
}
