using System.Diagnostics;
using LegPain.Tests;

namespace LegPain.Benchmarks;

/// <summary>A real server in a process of its own, on a fresh data folder.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address, string data, TimeSpan startedIn)
    {
        _process = process;
        Address = address;
        Data = data;
        StartedIn = startedIn;
    }

    public Uri Address { get; }

    public string Data { get; }

    /// <summary>Gets how long it took from the start of the process until it served.</summary>
    public TimeSpan StartedIn { get; }

    /// <summary>Gets the bytes of memory the process has in use, as the machine counts them.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Gets the processor time the server has used so far.</summary>
    public TimeSpan Used
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server.</summary>
    /// <param name="options">Further options of its command line.</param>
    public static async Task<ServerProcess> StartAsync(params IEnumerable<string> options)
    {
        var data = Directory.CreateTempSubdirectory("legpain-bench-").FullName;
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "LegPain.Server.dll"), "--listen",
                address.ToString().TrimEnd('/'), "--data", data,
            },
            RedirectStandardOutput = true,
        };
        foreach (var option in options)
        {
            start.ArgumentList.Add(option);
        }

        var launched = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new(process, address, data, Stopwatch.GetElapsedTime(launched));
            }
        }

        throw new InvalidOperationException("The server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        Directory.Delete(Data, recursive: true);
    }
}
