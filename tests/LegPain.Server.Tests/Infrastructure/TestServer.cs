using System.Net;
using Grpc.Net.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LegPain.Server.Tests.Infrastructure;

/// <summary>The real server in this process, on a real socket and a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private TestServer(WebApplication app, ServerSettings settings, LogRecorder log, bool ownsData)
    {
        _app = app;
        _ownsData = ownsData;
        Data = settings.Data;
        Log = log;
        Address = new(app.Urls.First());
        Admin = settings.Admin is null ? null : new(app.Urls.Last());
        Channel = GrpcChannel.ForAddress(Address);
        Triage = new(Channel);
        Knowledge = new(Channel);
    }

    public string Data { get; }

    public LogRecorder Log { get; }

    public Uri Address { get; }

    /// <summary>Gets the address of the operator's listener, when the settings ask for one.</summary>
    public Uri? Admin { get; }

    public GrpcChannel Channel { get; }

    public TriageService.TriageServiceClient Triage { get; }

    public KnowledgeService.KnowledgeServiceClient Knowledge { get; }

    /// <summary>Gets or sets whether this test expects the server to log an error.</summary>
    public bool ErrorsAnnounced { get; set; }

    public static async Task<TestServer> StartAsync(
        Action<ServerSettings>? set = null, Action<WebApplicationBuilder>? configure = null, string? data = null)
    {
        var settings = new ServerSettings
        {
            Data = data ?? Directory.CreateTempSubdirectory("legpain-test-").FullName,
            Listen = new("http://127.0.0.1:0"),
            ConsoleLog = false,
        };
        set?.Invoke(settings);
        var log = new LogRecorder();
        var app = await ServerHost.BuildAsync(settings, builder =>
        {
            builder.Services.AddSingleton<ILoggerProvider>(log);
            configure?.Invoke(builder);
        }, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, settings, log, data is null);
    }

    /// <summary>Gets what the operator's listener answers.</summary>
    public async Task<(HttpStatusCode Status, string Text)> AskAdminAsync(string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(Admin!, path), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task StopAsync() => await _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }

        if (!ErrorsAnnounced)
        {
            var errors = Log.Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text);
            Assert.Equal(string.Empty, string.Join('\n', errors));
        }
    }
}
