using System.CommandLine;
using LegPain.Client;

namespace LegPain.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The environment variable with the server's address.</summary>
    public const string ServerVariable = "LEGPAIN_SERVER";

    private const string ServerDefault = "http://127.0.0.1:5080";

    private readonly Terminal _terminal;

    public GlobalOptions(Terminal terminal)
    {
        _terminal = terminal;
        Server = new("--server")
        {
            Description = $"The server's address; {ServerVariable} sets it too.",
            HelpName = "url",
            Recursive = true,
            DefaultValueFactory = _ => terminal.Environment(ServerVariable) is { Length: > 0 } url ? url
                : ServerDefault,
        };
        Server.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var uri)
                || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            {
                result.AddError($"--server (or {ServerVariable}) must be an address such as {ServerDefault}.");
            }
        });
        Language = new("--language")
        {
            Description = "The language of clinical texts: en or fr. Default: the server's, English.",
            HelpName = "en|fr",
            Recursive = true,
        };
        Language.AcceptOnlyFromAmong("en", "fr");
        Json = new("--json")
        {
            Description = "Write JSON for scripts instead of text for people.",
            Recursive = true,
        };
    }

    public Option<string> Server { get; }

    public Option<string?> Language { get; }

    public Option<bool> Json { get; }

    /// <summary>Returns whether the command line itself names a server.</summary>
    public bool NamesServer(ParseResult result) => result.GetResult(Server) is { Implicit: false };

    /// <summary>Makes a client of the named server.</summary>
    public LegPainClient Connect(ParseResult result) => Connect(result, new(result.GetRequiredValue(Server)));

    /// <summary>Makes a client of a server.</summary>
    public LegPainClient Connect(ParseResult result, Uri server) => LegPainClient.Connect(server, new()
    {
        Language = result.GetValue(Language),
        Clock = _terminal.Clock,
        WatchInterrupted = (_, wait) => _terminal.Error.WriteLine(FormattableString.Invariant(
            $"The connection was lost; trying again in {wait.TotalSeconds:0.0} s.")),
    });
}
