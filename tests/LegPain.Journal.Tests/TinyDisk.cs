using System.Diagnostics;
using Xunit;

namespace LegPain.Journal.Tests;

/// <summary>A file system that really is full after a few MiB. Needs root.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly TempFolder _mountPoint = new();

    private TinyDisk()
    {
    }

    public string Path => _mountPoint.Path;

    public string Database => _mountPoint.Database;

    /// <summary>Mounts it, or skips the test where that is not allowed.</summary>
    public static TinyDisk MountOrSkip(int kiB)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "A file system of a given size needs Linux and root.");
        var disk = new TinyDisk();
        if (!Run("mount", "-t", "tmpfs", "-o", Size(kiB), "legpain-tests", disk._mountPoint.Path))
        {
            disk._mountPoint.Dispose();
            Assert.Skip("A tmpfs cannot be mounted here, though the process is root.");
        }

        return disk;
    }

    public void Resize(int kiB) => Assert.True(
        Run("mount", "-o", "remount," + Size(kiB), _mountPoint.Path), "The tmpfs was not resized.");

    public void Dispose()
    {
        Run("umount", _mountPoint.Path);
        _mountPoint.Dispose();
    }

    private static string Size(int kiB) => $"size={kiB}k";

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        return process.WaitForExit(Patience.Max) && process.ExitCode == 0;
    }
}
