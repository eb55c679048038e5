using System.Text.RegularExpressions;
using LegPain.Knowledge;

namespace LegPain.Tests;

/// <summary>The built-in pack with a version of its own and two changes that a test can see.</summary>
internal static partial class OtherPack
{
    /// <summary>The version; the name is that of the built-in pack.</summary>
    public const string Version = "other.1";

    /// <summary>A same-day red flag that <see cref="Sign"/> raises in this pack, and not in the built-in one.</summary>
    public const string RedFlag = "dark-urine";

    /// <summary>What raises <see cref="RedFlag"/>.</summary>
    public const string Sign = "smoker";

    /// <summary>A cause whose prior is a thousandth in this pack.</summary>
    public const string Cause = "deep-vein-thrombosis";

    /// <summary>Returns the files.</summary>
    public static IReadOnlyList<PackFile> Files(string version = Version) =>
        [.. PackFile.BuiltIn().Select(file => file with { Content = Edit(file, version) })];

    /// <summary>Writes the files below a folder.</summary>
    public static void WriteTo(string folder, string version = Version)
    {
        foreach (var file in Files(version))
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
        }
    }

    private static string Edit(PackFile file, string version) => file.Path switch
    {
        "pack.yaml" => PackVersion().Replace(file.Content, $"version: {version}"),
        "red-flags/same-day.yaml" => file.Content.Replace($"when: {RedFlag}\n", $"when: {Sign}\n"),
        $"causes/{Cause}.yaml" => PriorShare().Replace(file.Content, "share: 0.001", 1),
        _ => file.Content,
    };

    [GeneratedRegex(@"(?m)^version: .+$")]
    private static partial Regex PackVersion();

    [GeneratedRegex(@"(?m)(?<=^prior:\r?\n  )share: [\d.]+")]
    private static partial Regex PriorShare();
}
