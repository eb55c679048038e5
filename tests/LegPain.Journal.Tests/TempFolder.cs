namespace LegPain.Journal.Tests;

/// <summary>A folder that is there for one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("legpain-journal-").FullName;

    public string Database => System.IO.Path.Combine(Path, "journal.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
