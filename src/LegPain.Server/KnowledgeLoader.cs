using LegPain.Knowledge;

namespace LegPain.Server;

/// <summary>Reads every pack the settings name, and refuses what cannot stand side by side.</summary>
internal static class KnowledgeLoader
{
    /// <summary>Reads and checks the packs, each content once.</summary>
    /// <returns>The packs: the one in force first, then the others in the order of the settings.</returns>
    /// <exception cref="PackException">Packs have faults; all of all packs are in it, with their folder.</exception>
    /// <exception cref="ServerSettingsException">Packs of one name and version have different content.</exception>
    public static IReadOnlyList<KnowledgePack> Load(ServerSettings settings)
    {
        var packs = new List<KnowledgePack>();
        var faults = new List<PackFault>();
        var namesakes = new List<string>();
        foreach (var folder in settings.KnowledgeAlso.Prepend(settings.Knowledge))
        {
            try
            {
                var pack = folder is null ? KnowledgePack.BuiltIn : KnowledgePack.Read(PackFile.InFolder(folder));
                var (id, version, hash) = (pack.Knowledge.Id, pack.Knowledge.Version, pack.Knowledge.Hash);
                var same = packs.Find(known => known.Knowledge.Id == id && known.Knowledge.Version == version);
                if (same is null)
                {
                    packs.Add(pack);
                }
                else if (same.Knowledge.Hash != hash)
                {
                    namesakes.Add(
                        $"knowledge-also: the pack at {folder} is {id} {version}, and so is another pack with other "
                        + "content. Give it a version of its own.");
                }
            }
            catch (PackException exception)
            {
                faults.AddRange(exception.Faults.Select(fault =>
                    folder is null ? fault : fault with { File = Path.Combine(folder, fault.File) }));
            }
        }

        return faults.Count > 0 ? throw new PackException(faults)
            : namesakes.Count > 0 ? throw new ServerSettingsException(namesakes)
            : packs;
    }
}
