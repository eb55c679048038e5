using LegPain.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LegPain.Cli;

/// <summary>
/// A whole server inside this process, on a free port of 127.0.0.1. Ends with the command, not by signals of its own.
/// </summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _temporary;

    private EmbeddedServer(WebApplication app, string? temporary)
    {
        _app = app;
        _temporary = temporary;
        Address = new(app.Urls.Single());
    }

    /// <summary>Gets where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="data">The folder to keep; null for a temporary one that is deleted at the end.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<EmbeddedServer> StartAsync(string? data, CancellationToken cancellationToken)
    {
        var temporary = data is null ? Directory.CreateTempSubdirectory("legpain-").FullName : null;
        WebApplication? app = null;
        try
        {
            var settings = new ServerSettings
            {
                Listen = new("http://127.0.0.1:0"),
                Data = data ?? temporary!,
                ConsoleLog = false,
            };
            app = await ServerHost.BuildAsync(
                settings, builder => builder.Services.AddSingleton<IHostLifetime, NoLifetime>(), cancellationToken);
            await app.StartAsync(cancellationToken);
            return new(app, temporary);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            Delete(temporary);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
        finally
        {
            Delete(_temporary);
        }
    }

    private static void Delete(string? folder)
    {
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The command's lifetime is the server's: it hears no signal itself.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
