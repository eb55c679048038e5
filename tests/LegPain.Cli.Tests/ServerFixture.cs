using LegPain.Cli.Tests;

[assembly: AssemblyFixture(typeof(ServerFixture))]

namespace LegPain.Cli.Tests;

/// <summary>One embedded server for all tests of commands; every test takes a patient of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private EmbeddedServer? _server;

    public Uri Address => _server!.Address;

    public async ValueTask InitializeAsync() => _server = await EmbeddedServer.StartAsync(null, CancellationToken.None);

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    /// <summary>Runs one command line in this process against the server.</summary>
    internal Task<CliResult> RunAsync(params string[] args) => CliResult.OfAsync(args, Address);
}

/// <summary>How a command ended and what it wrote.</summary>
internal sealed record CliResult(ExitCode Code, string Output, string Error)
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(90);

    public static Task<CliResult> OfAsync(
        string[] args, Uri? server = null, string input = "", bool interruptAtFirstLine = false) =>
        OfAsync(args, server is null ? [] : [server], input, interruptAtFirstLine);

    /// <summary>Runs one command line with several servers in the environment.</summary>
    public static async Task<CliResult> OfAsync(
        string[] args, IReadOnlyList<Uri> servers, string input = "", bool interruptAtFirstLine = false)
    {
        using var interrupt = new CancellationTokenSource();
        var output = new LineWriter(interruptAtFirstLine ? interrupt.Cancel : () => { });
        var error = new StringWriter();
        var terminal = Terminal.Over(
            TextWriter.Synchronized(output), TextWriter.Synchronized(error), new StringReader(input),
            name => name == GlobalOptions.ServerVariable ? string.Join(',', servers) : null);
        var code = await CommandTree.RunAsync(args, terminal, interrupt.Token).WaitAsync(
            RunMax, TestContext.Current.CancellationToken);
        return new((ExitCode)code, output.ToString(), error.ToString());
    }

    /// <summary>Keeps what is written, and tells of every line.</summary>
    private sealed class LineWriter(Action lineWritten) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            lineWritten();
        }
    }
}
