using System.CommandLine;
using LegPain.Client;

namespace LegPain.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The environment variable with the servers' addresses, as a comma list.</summary>
    public const string ServerVariable = "LEGPAIN_SERVER";

    private const string ServerDefault = "http://127.0.0.1:5080";

    /// <summary>Outlasts the death of the node that a call needs.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>A person with a wrong address is told soon; a server that restarts may take so long.</summary>
    private static readonly TimeSpan UnreachableMax = TimeSpan.FromSeconds(1);

    private readonly Terminal _terminal;

    public GlobalOptions(Terminal terminal)
    {
        _terminal = terminal;
        Server = new("--server")
        {
            Description = "The server's address; several, of servers that share their patients, as a comma list or by "
                + $"repeating the option. {ServerVariable} sets it too.",
            HelpName = "url",
            Recursive = true,
            DefaultValueFactory = _ =>
                [terminal.Environment(ServerVariable) is { Length: > 0 } urls ? urls : ServerDefault],
        };
        Server.Validators.Add(result =>
        {
            if (Addresses(result.GetValueOrDefault<string[]>()) is not { Count: > 0 } urls
                || urls.Any(url => !Uri.TryCreate(url, UriKind.Absolute, out var uri)
                    || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)))
            {
                result.AddError($"--server (or {ServerVariable}) must be addresses such as {ServerDefault}.");
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

    public Option<string[]> Server { get; }

    public Option<string?> Language { get; }

    public Option<bool> Json { get; }

    /// <summary>Returns whether the command line itself names a server.</summary>
    public bool NamesServer(ParseResult result) => result.GetResult(Server) is { Implicit: false };

    /// <summary>Makes a client of the named servers.</summary>
    public LegPainClient Connect(ParseResult result) =>
        Connect(result, [.. Addresses(result.GetRequiredValue(Server)).Select(url => new Uri(url))]);

    /// <summary>Makes a client of servers.</summary>
    public LegPainClient Connect(ParseResult result, IReadOnlyList<Uri> servers) => LegPainClient.Connect(
        servers,
        new()
        {
            Deadline = Deadline,
            UnreachableMax = UnreachableMax,
            Language = result.GetValue(Language),
            Clock = _terminal.Clock,
            WatchInterrupted = (_, wait) => _terminal.Error.WriteLine(FormattableString.Invariant(
                $"The connection was lost; trying again in {wait.TotalSeconds:0.0} s.")),
        });

    private static List<string> Addresses(string[]? lists) =>
    [
        .. (lists ?? []).SelectMany(list => list.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
    ];
}
