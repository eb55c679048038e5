using System.Diagnostics;
using Grpc.Net.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Xunit;

namespace LegPain.Server.Tests.Infrastructure;

/// <summary>The real server in a process of its own, which can really be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Longest time that a start or a stop may take on a machine that does much else.</summary>
    private static readonly TimeSpan StepMax = Patience.Max * 2;

    private readonly Process _process;
    private readonly Task<string> _output;

    private ServerProcess(Process process, Uri address, Task<string> output)
    {
        _process = process;
        _output = output;
        Channel = GrpcChannel.ForAddress(address);
        Triage = new(Channel);
    }

    public GrpcChannel Channel { get; }

    public TriageService.TriageServiceClient Triage { get; }

    public static async Task<ServerProcess> StartAsync(string data, params string[] options)
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var process = Start(address, data, options);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(StepMax) is { } line)
        {
            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                return new(process, address, process.StandardOutput.ReadToEndAsync(CancellationToken.None));
            }
        }

        throw new InvalidOperationException(
            $"The server did not start: {await process.StandardError.ReadToEndAsync(CancellationToken.None)}");
    }

    /// <summary>Runs the server where it cannot start; returns what it says.</summary>
    public static async Task<string> RefusesToStartAsync(Uri address, string data)
    {
        using var process = Start(address, data);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StepMax);
        Assert.NotEqual(0, process.ExitCode);
        return await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks the server to stop, as an operator would, and returns what it logged since it started.</summary>
    public async Task<string> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StepMax);
        return await _output;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await KillAsync();
        _process.Dispose();
    }

    private static Process Start(Uri address, string data, params string[] options)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "LegPain.Server.dll"),
            "--listen", address.GetLeftPart(UriPartial.Authority), "--data", data, .. options,
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
