using System.Diagnostics;
using System.Globalization;

namespace LegPain.Robustness.Harness;

/// <summary>Meddles with the flushes of running processes, through strace.</summary>
internal sealed class Tracer : IAsyncDisposable
{
    private static readonly TimeSpan AttachMax = TimeSpan.FromSeconds(20);

    private readonly Process _strace;

    private readonly string _output;

    private Tracer(Process strace, string output) => (_strace, _output) = (strace, output);

    /// <summary>Gets how many flushes failed; known once it has let go.</summary>
    public int Failed { get; private set; }

    /// <summary>Makes every flush take longer.</summary>
    public static Task<Tracer> SlowAsync(RunFolder folder, IReadOnlyList<int> processes, TimeSpan delay) =>
        AttachAsync(folder, processes, string.Create(
            CultureInfo.InvariantCulture, $"delay_enter={(long)delay.TotalMicroseconds}"));

    /// <summary>Makes flushes fail with EIO, without being done.</summary>
    /// <param name="folder">Where strace writes.</param>
    /// <param name="processes">Whose flushes.</param>
    /// <param name="when">Which, as strace counts them: "3" is the third, "3+" the third and all that follow.</param>
    public static Task<Tracer> FailAsync(RunFolder folder, IReadOnlyList<int> processes, string when) =>
        AttachAsync(folder, processes, $"error=EIO:when={when}");

    public async ValueTask DisposeAsync()
    {
        // Asked to end, strace lets go of what it traces.
        await Shell.SignalAsync("TERM", _strace.Id);
        await _strace.WaitForExitAsync();
        _strace.Dispose();
        Failed = File.ReadLines(_output).Count(line =>
            line.Contains("EIO", StringComparison.Ordinal) && line.EndsWith("(INJECTED)", StringComparison.Ordinal));
    }

    private static async Task<Tracer> AttachAsync(RunFolder folder, IReadOnlyList<int> processes, string fault)
    {
        var ids = processes.SelectMany(id => new[] { "-p", id.ToString(CultureInfo.InvariantCulture) });
        var output = folder.Of("strace.txt");
        var strace = folder.Start(folder.Of("strace.log"), new Dictionary<string, string>(),
        [
            "strace", "-f", "-q", "-o", output, "-e", "trace=fdatasync,fsync",
            "-e", $"inject=fdatasync,fsync:{fault}", .. ids,
        ]);
        var tracer = new Tracer(strace, output);
        await Wait.UntilAsync(() => strace.HasExited || processes.All(IsTraced), AttachMax);
        return processes.All(IsTraced)
            ? tracer
            : throw new HarnessException($"strace did not attach: {File.ReadAllText(folder.Of("strace.log"))}");
    }

    /// <summary>Whether every thread of a process is traced; one that has gone needs no tracing.</summary>
    private static bool IsTraced(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task").All(thread =>
                File.ReadLines(Path.Combine(thread, "status")).Any(line =>
                    line.StartsWith("TracerPid:", StringComparison.Ordinal)
                    && !line.EndsWith("\t0", StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            return !Directory.Exists($"/proc/{process}");
        }
    }
}
