using System.CommandLine;
using System.CommandLine.Invocation;
using LegPain.Cli.Commands;

namespace LegPain.Cli;

/// <summary>The commands, and how a run of one ends.</summary>
internal static class CommandTree
{
    private const string About =
        """
        LegPain: triage of leg pain. Supports a clinician's decision; it makes no diagnosis.

        Exit codes:
          0    done
          1    the engine refused, the knowledge has faults or is below a floor, or the server cannot start
          2    the command line cannot be read, or the server refuses its settings
          3    the server cannot be reached, or did not answer in time
          4    the request, or a file to evaluate, was invalid; every wrong field is named, one a line
          5    conflict: the patient is at another revision, or the request id was used before
          130  interrupted
        """;

    // A server is given its longest drain delay and the time to end what it has begun; everything else ends at once.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(75);

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        // A leading @ begins a time, not the name of a file with more arguments.
        var result = Build(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Text,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopTimeout,
        };
        if (result.Action is ParseErrorAction errors)
        {
            errors.ShowHelp = args.Length == 0;
            await result.InvokeAsync(configuration, cancellationToken);
            return (int)ExitCode.Usage;
        }

        return await result.InvokeAsync(configuration, cancellationToken);
    }

    private static RootCommand Build(Terminal terminal)
    {
        var global = new GlobalOptions(terminal);
        return new(About)
        {
            global.Server,
            global.Language,
            global.Json,
            DemoCommand.Build(terminal, global),
            ServeCommand.Build(terminal, global),
            InterviewCommand.Build(terminal, global),
            ReportCommand.Build(terminal, global),
            AmendCommand.Build(terminal, global),
            AssessmentCommand.Build(terminal, global),
            WatchCommand.Build(terminal, global),
            EventsCommand.Build(terminal, global),
            AssessCommand.Build(terminal, global),
            CompareCommand.Build(terminal, global),
            ExplainCommand.Build(terminal, global),
            EvaluateCommand.Build(terminal, global),
            new Command("knowledge", "What the engine knows.")
            {
                KnowledgeLintCommand.Build(terminal, global),
                KnowledgeBookCommand.Build(terminal, global),
                KnowledgeSearchCommand.Build(terminal, global),
                KnowledgeParseCommand.Build(terminal, global),
                KnowledgeShowCommand.Build(terminal, global),
                KnowledgeVersionsCommand.Build(terminal, global),
            },
        };
    }
}
