namespace LegPain.Conventions.Tests;

/// <summary>The text of the repository itself.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Returns the files below some folders that end in an extension, by path from the root.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Files(string extension, params string[] folders) =>
        from folder in folders
        from path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*" + extension, SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path)
        where !relative.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules")
        select (relative, File.ReadAllLines(path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LegPain.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("LegPain.sln not found above the test.");
    }
}
