using System.Diagnostics;
using System.Text.Json;
using LegPain.Tests;
using Xunit;

namespace LegPain.Server.Tests.Infrastructure;

/// <summary>A real Prometheus (Debian's package) with our own rules, in a folder and on a port of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus";

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _folder;

    private PrometheusServer(Process process, Uri address, string folder)
    {
        _process = process;
        _folder = folder;
        _http = new() { BaseAddress = address };
    }

    /// <summary>Gets the file with our alert rules.</summary>
    public static string RuleFile => Path.Combine(AppContext.BaseDirectory, "deploy", "alerts.yml");

    /// <summary>Starts one that scrapes a target every second, or skips the test where there is none.</summary>
    public static async Task<PrometheusServer> StartAsync(Uri target)
    {
        Assert.SkipUnless(File.Exists(Program), "Needs Debian's prometheus; tests/run installs it as root.");
        var folder = Directory.CreateTempSubdirectory("legpain-prometheus-").FullName;
        var config = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            config,
            $"""
            global: {"{"} scrape_interval: 1s, evaluation_interval: 1s {"}"}
            rule_files: [{RuleFile}]
            scrape_configs:
              - job_name: legpain
                static_configs: [{"{"} targets: ["{target.Authority}"] {"}"}]
            """,
            TestContext.Current.CancellationToken);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var process = Process.Start(new ProcessStartInfo(
            Program,
            [
                $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                $"--web.listen-address={address.Authority}", "--log.level=error",
            ]))!;
        var prometheus = new PrometheusServer(process, address, folder);
        await Patience.UntilAsync(prometheus.IsReadyAsync);
        return prometheus;
    }

    /// <summary>Checks a file of rules with Prometheus' own tool; returns what is wrong with it.</summary>
    public static async Task<string> CheckAsync(string ruleFile)
    {
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "rules", ruleFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        return promtool.ExitCode == 0 ? string.Empty : said;
    }

    /// <summary>Gets the data of an answer of the HTTP API.</summary>
    public async Task<JsonElement> AskAsync(string path)
    {
        var text = await _http.GetStringAsync(
            new Uri($"/api/v1/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonDocument.Parse(text).RootElement.GetProperty("data");
    }

    /// <summary>Gets the series that an expression gives now.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string expression) =>
    [
        .. (await AskAsync($"query?query={Uri.EscapeDataString(expression)}"))
            .GetProperty("result").EnumerateArray(),
    ];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(
                new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
