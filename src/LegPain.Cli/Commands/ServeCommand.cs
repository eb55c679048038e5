using System.CommandLine;
using LegPain.Server;
using Microsoft.Extensions.Hosting;

namespace LegPain.Cli.Commands;

/// <summary>Runs a server until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        _ = global;
        var listen = new Option<string?>("--listen")
        {
            Description = "The loopback address to listen on; port 0 is any free one. Default: http://127.0.0.1:5080.",
            HelpName = "url",
        };
        listen.Validators.Add(AbsoluteUri);
        var data = new Option<string?>("--data")
        {
            Description = "The folder of the journal. Default: legpain-data.",
            HelpName = "folder",
        };
        var knowledge = new Option<string?>("--knowledge")
        {
            Description = "A folder with a knowledge pack. Default: the one built in.",
            HelpName = "folder",
        };
        var also = new Option<string[]>("--knowledge-also")
        {
            Description = "Folders with further packs, which a call may ask for. May be repeated.",
            HelpName = "folder",
            AllowMultipleArgumentsPerToken = true,
        };
        var reflection = new Option<bool?>("--reflection")
        {
            Description = "Serve gRPC reflection, for tools such as grpcurl.",
        };
        var otlp = new Option<string?>("--otlp-endpoint")
        {
            Description = "Where to send spans, metrics and logs by OTLP over gRPC. Default: nowhere.",
            HelpName = "url",
        };
        otlp.Validators.Add(AbsoluteUri);
        var command = new Command(
            "serve", "Run a server until it is told to stop. LEGPAIN_LISTEN and so on set the same.")
        {
            listen, data, knowledge, also, reflection, otlp,
        };
        command.SetAction(terminal, async (result, cancellationToken) =>
        {
            var settings = ServerSettings.FromCommandLine([]);
            settings.Listen = result.GetValue(listen) is { } url ? new(url) : settings.Listen;
            settings.Data = result.GetValue(data) ?? settings.Data;
            settings.Knowledge = result.GetValue(knowledge) ?? settings.Knowledge;
            settings.KnowledgeAlso = result.GetResult(also) is { Implicit: false }
                ? result.GetRequiredValue(also)
                : settings.KnowledgeAlso;
            settings.Reflection = result.GetValue(reflection) ?? settings.Reflection;
            settings.OtlpEndpoint = result.GetValue(otlp) is { } endpoint ? new(endpoint) : settings.OtlpEndpoint;

            await using var app = await ServerHost.BuildAsync(settings, cancellationToken: cancellationToken);
            await app.StartAsync(cancellationToken);
            terminal.Text.WriteLine($"LegPain listens on {app.Urls.First()}. Ctrl+C stops it.");
            terminal.Text.Flush();

            // Told to stop is how a server ends: no failure.
            await app.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void AbsoluteUri(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.GetValueOrDefault<string?>() is { } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
        {
            result.AddError($"{result.Option.Name} must be an address such as http://127.0.0.1:5080.");
        }
    }
}
