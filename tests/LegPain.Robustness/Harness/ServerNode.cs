using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Robustness.Harness;

/// <summary>One real server process, which can really be killed, stopped and started again.</summary>
/// <param name="number">Its number, from 1.</param>
/// <param name="folder">Where its log goes.</param>
/// <param name="address">What it listens on.</param>
/// <param name="before">What the command begins with, such as to run in a network of its own.</param>
/// <param name="settings">The settings of the server, as arguments.</param>
/// <param name="environment">Variables of the process.</param>
internal sealed class ServerNode(
    int number, RunFolder folder, Uri address, IReadOnlyList<string> before, IReadOnlyList<string> settings,
    IReadOnlyDictionary<string, string> environment)
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);

    private Process? _process;

    /// <summary>Gets how long a server that is asked to stop is waited for; then it is killed.</summary>
    public static TimeSpan StopMax { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets its number, from 1.</summary>
    public int Number => number;

    /// <summary>Gets what it listens on.</summary>
    public Uri Address => address;

    /// <summary>Gets the id of the process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Gets whether the process is there, be it stopped.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Waits until the process has ended by itself, or the time is over.</summary>
    public async Task EndsWithinAsync(TimeSpan max)
    {
        using var late = new CancellationTokenSource(max);
        await _process!.WaitForExitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Gets where the server's log goes.</summary>
    public string Log { get; } =
        folder.Of(string.Create(CultureInfo.InvariantCulture, $"node{number}.log"));

    /// <summary>Starts the process and waits until it serves.</summary>
    public async Task StartAsync()
    {
        Launch();
        await UntilServingAsync();
    }

    /// <summary>Starts the process.</summary>
    public void Launch() => _process = folder.Start(Log, environment,
    [
        .. before, "dotnet", ServerFile, "--listen", address.GetLeftPart(UriPartial.Authority),
        "--progressEvery", "00:00:01", .. settings,
    ]);

    /// <summary>Waits until the server answers.</summary>
    public async Task UntilServingAsync()
    {
        if (!await ServesWithinAsync(StartMax))
        {
            throw new HarnessException($"Node {number} does not serve; its log ends with:\n{LogTail()}");
        }
    }

    /// <summary>Waits for an answer of the server; false when it has ended or none comes.</summary>
    public async Task<bool> ServesWithinAsync(TimeSpan max)
    {
        using var channel = GrpcChannel.ForAddress(address, new()
        {
            HttpHandler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1), UseProxy = false },
            DisposeHttpClient = true,
        });
        var triage = new TriageService.TriageServiceClient(channel);
        var serves = false;
        await Wait.UntilAsync(async () => (serves = await AnswersAsync(triage)) || !IsRunning, max);
        return serves;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Holds the process still, as a machine that hangs.</summary>
    public Task PauseAsync() => Shell.SignalAsync("STOP", ProcessId);

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => Shell.SignalAsync("CONT", ProcessId);

    /// <summary>Asks the server to stop, and returns how long it took; kills it after <see cref="StopMax"/>.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        if (IsRunning)
        {
            await Shell.SignalAsync("TERM", ProcessId);
            using var late = new CancellationTokenSource(StopMax);
            try
            {
                await _process!.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The last lines of the server's log.</summary>
    public string LogTail() =>
        File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(15)) : "no log";

    private static async Task<bool> AnswersAsync(TriageService.TriageServiceClient triage)
    {
        try
        {
            await triage.GetAssessmentAsync(
                new() { Patient = "nobody" }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2));
            return true;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode == StatusCode.NotFound;
        }
    }

    /// <summary>Gets the server as it was built beside this program, in the same configuration.</summary>
    private static string ServerFile
    {
        get
        {
            var mine = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var file = Path.Combine(mine.Parent!.Parent!.FullName, "LegPain.Server", mine.Name, "LegPain.Server.dll");
            return File.Exists(file) ? file : throw new HarnessException($"There is no server at {file}.");
        }
    }
}
