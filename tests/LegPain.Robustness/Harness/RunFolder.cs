using System.Diagnostics;
using System.Globalization;

namespace LegPain.Robustness.Harness;

/// <summary>
/// Everything a harness process makes carries its process id, so that a later one can clear away what it left behind.
/// </summary>
internal sealed class RunFolder
{
    /// <summary>What every folder and every network device begins with; the process id follows.</summary>
    public const string Prefix = "legpain-robustness-";

    /// <summary>The short form of <see cref="Prefix"/>, for names of network devices.</summary>
    public const string ShortPrefix = "lpr";

    private const string Processes = "processes";

    private static readonly Lock Making = new();

    private static int _runs;

    private readonly string _processes;

    /// <summary>Makes a folder for one run.</summary>
    public RunFolder(string name)
    {
        var root = System.IO.Path.Combine(System.IO.Path.GetTempPath(), Prefix + Environment.ProcessId);
        Run = Interlocked.Increment(ref _runs);
        Path = System.IO.Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{Run:00}-{name}"));
        lock (Making)
        {
            Directory.CreateDirectory(Path);
        }

        _processes = System.IO.Path.Combine(root, Processes);
    }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets which run of this process it is, from 1.</summary>
    public int Run { get; }

    /// <summary>Gets what the names of this run's network devices begin with.</summary>
    public string NetworkPrefix =>
        string.Create(CultureInfo.InvariantCulture, $"{ShortPrefix}{Environment.ProcessId}-{Run}");

    /// <summary>Returns a path below the folder.</summary>
    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Starts a program whose output goes to a file; its id is kept for clearing away.</summary>
    public Process Start(string log, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$LEGPAIN_LOG\" 2>&1", "sh", .. command])
        {
            WorkingDirectory = Path,
        };
        start.Environment["LEGPAIN_LOG"] = log;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        lock (Making)
        {
            File.AppendAllText(_processes, string.Create(
                CultureInfo.InvariantCulture, $"{process.Id} {StartedAt(process.Id)}\n"));
        }

        return process;
    }

    /// <summary>Removes the folder with all that is in it, and that of the process when it was the last.</summary>
    public void Delete()
    {
        lock (Making)
        {
            Directory.Delete(Path, recursive: true);
            var root = Directory.GetParent(Path)!;
            if (root.GetDirectories().Length == 0)
            {
                root.Delete(recursive: true);
            }
        }
    }

    /// <summary>Clears away what harness processes that are no more have left.</summary>
    /// <returns>One line for each thing removed.</returns>
    public static async Task<IReadOnlyList<string>> CleanAsync()
    {
        var removed = new List<string>();
        foreach (var folder in Directory.GetDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (IsAlive(folder[(folder.LastIndexOf('-') + 1)..]))
            {
                continue;
            }

            await EndProcessesAsync(folder, removed);
            await LoopDisk.UnmountBelowAsync(folder, removed);
            Directory.Delete(folder, recursive: true);
            removed.Add(folder);
        }

        await Network.RemoveLeftoversAsync(name => !IsAlive(name), removed);
        return removed;
    }

    /// <summary>Ends only what the file names, and only when the id still is the same process.</summary>
    private static async Task EndProcessesAsync(string folder, List<string> removed)
    {
        var file = System.IO.Path.Combine(folder, Processes);
        foreach (var line in File.Exists(file) ? await File.ReadAllLinesAsync(file) : [])
        {
            var parts = line.Split(' ');
            var id = int.Parse(parts[0], CultureInfo.InvariantCulture);
            if (parts[1] != "0" && StartedAt(id) == parts[1])
            {
                await Shell.SignalAsync("KILL", id);
                removed.Add($"process {id}");
            }
        }
    }

    private static bool IsAlive(string process) =>
        int.TryParse(process, CultureInfo.InvariantCulture, out var id)
        && (id == Environment.ProcessId || (File.Exists($"/proc/{id}/cmdline")
            && File.ReadAllText($"/proc/{id}/cmdline").Contains("LegPain", StringComparison.Ordinal)));

    /// <summary>The moment a process was started, in the kernel's ticks; "0" when there is no such process.</summary>
    private static string StartedAt(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "0";
        }
    }
}
