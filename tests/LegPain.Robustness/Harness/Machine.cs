using System.Globalization;

namespace LegPain.Robustness.Harness;

/// <summary>What the machine at hand can be used for.</summary>
internal static class Machine
{
    // Numbers of capabilities, as in linux/capability.h.
    private const int NetAdmin = 12;
    private const int SysPtrace = 19;
    private const int SysAdmin = 21;

    /// <summary>Returns what is missing here to build servers of a shape; empty when nothing is.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="traces">Whether flushes are meddled with.</param>
    public static IReadOnlyList<string> Missing(RigShape shape, bool traces)
    {
        var disk = shape.DiskMegabytes > 0;
        if ((traces || shape.NeedsRoot) && !Environment.IsPrivilegedProcess)
        {
            return ["root"];
        }

        List<(bool Needed, bool IsThere, string Name)> all =
        [
            (shape.Postgres, PostgresNode.IsInstalled, "PostgreSQL"),
            (shape.Namespaces, May(NetAdmin) && May(SysAdmin), "the right to make networks"),
            (disk, May(SysAdmin), "the right to mount"),
            (disk, File.Exists("/dev/loop-control"), "loop devices"),
            (traces, May(SysPtrace), "the right to trace"),
            .. Tools(shape.Postgres && Environment.IsPrivilegedProcess, "setpriv", "chown"),
            .. Tools(shape.Namespaces, "ip"),
            .. Tools(disk, "mkfs.ext4", "losetup", "mount", "umount"),
            .. Tools(shape.MovableClock, "gcc"),
            .. Tools(traces, "strace"),
        ];
        return [.. all.Where(one => one is { Needed: true, IsThere: false }).Select(one => one.Name)];
    }

    private static IEnumerable<(bool Needed, bool IsThere, string Name)> Tools(bool needed, params string[] names) =>
        names.Select(name => (needed, IsInPath(name), name));

    private static bool IsInPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool May(int capability)
    {
        const string Effective = "CapEff:";
        var line = File.ReadLines("/proc/self/status")
            .First(one => one.StartsWith(Effective, StringComparison.Ordinal));
        var mask = ulong.Parse(line[Effective.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & (1UL << capability)) != 0;
    }
}
