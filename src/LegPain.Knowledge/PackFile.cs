namespace LegPain.Knowledge;

/// <summary>One file of a pack.</summary>
/// <param name="Path">The path within the pack, with forward slashes, such as <c>causes/sciatica.yaml</c>.</param>
/// <param name="Content">The text.</param>
public sealed record PackFile(string Path, string Content)
{
    private const string ResourcePrefix = "pack/";

    /// <summary>Returns the pack that is built into this assembly.</summary>
    public static IReadOnlyList<PackFile> BuiltIn()
    {
        var assembly = typeof(PackFile).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new PackFile(name[ResourcePrefix.Length..].Replace('\\', '/'), reader.ReadToEnd());
            })
            .OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>Returns the pack of a folder: every .yaml file below it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<PackFile> InFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => new PackFile(
                System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllText(path)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)];
}
