using System.Diagnostics;

namespace LegPain.Robustness.Harness;

/// <summary>Runs the system's own tools.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="HarnessException">It failed.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output) = await TryAsync(program, arguments);
        return code == 0
            ? output
            : throw new HarnessException($"{program} {string.Join(' ', arguments)} failed ({code}): {output}");
    }

    /// <summary>Runs a program to its end, which may be a failure.</summary>
    public static async Task<(int Code, string Output)> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
            .WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, string.Concat(texts).Trim());
    }

    /// <summary>Sends a signal to one process.</summary>
    public static Task SignalAsync(string signal, int process) =>
        TryAsync("kill", $"-{signal}", process.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>The harness itself could not do what a run needs. Says nothing about the servers.</summary>
internal sealed class HarnessException(string message) : Exception(message);
