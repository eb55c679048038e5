using System.CommandLine;
using Grpc.Core;
using LegPain.Cli.Evaluation;
using LegPain.Cli.Notation;
using LegPain.Client;
using LegPain.Journal;
using LegPain.Knowledge;
using LegPain.Server;

namespace LegPain.Cli;

/// <summary>The one place where a failure becomes a sentence on standard error and an exit code.</summary>
internal static class Guard
{
    private const string Reaching = "Start one with 'legpain serve', or name another with --server.";

    /// <summary>Lets a command run under the guard.</summary>
    public static void SetAction(
        this Command command, Terminal terminal, Func<ParseResult, CancellationToken, Task<ExitCode>> run) =>
        command.SetAction(async (result, cancellationToken) =>
            (int)await RunAsync(terminal, () => run(result, cancellationToken), cancellationToken));

    private static async Task<ExitCode> RunAsync(
        Terminal terminal, Func<Task<ExitCode>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Error.WriteLine("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (LegPainException exception)
        {
            return Say(terminal, exception);
        }
        catch (NotationException exception)
        {
            terminal.Error.WriteLine(exception.IsSyntax
                ? "The observations cannot be read:" : "The observations do not fit the knowledge in force:");
            foreach (var fault in exception.Faults)
            {
                terminal.Error.WriteLine($"  {fault.Token}: {fault.Text}");
            }

            return exception.IsSyntax ? ExitCode.Usage : ExitCode.Invalid;
        }
        catch (ServerSettingsException exception)
        {
            terminal.Error.WriteLine("The server refuses to start with these settings:");
            foreach (var line in exception.Message.Split('\n'))
            {
                terminal.Error.WriteLine($"  {line}");
            }

            return ExitCode.Usage;
        }
        catch (PackException exception)
        {
            terminal.Error.WriteLine($"The knowledge cannot be used: {exception.Faults.Count} fault(s).");
            foreach (var fault in exception.Faults)
            {
                terminal.Error.WriteLine($"  {fault}");
            }

            return ExitCode.Refused;
        }
        catch (VignetteFileException exception)
        {
            terminal.Error.WriteLine($"The vignettes cannot be read: {exception.Faults.Count} fault(s).");
            foreach (var fault in exception.Faults)
            {
                terminal.Error.WriteLine($"  {exception.Path}:{fault.Line}: {fault.Text}");
            }

            return ExitCode.Invalid;
        }
        catch (FloorsException exception)
        {
            terminal.Error.WriteLine(exception.Message);
            return ExitCode.Invalid;
        }
        catch (Exception exception) when (
            exception is JournalOpenException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(exception.Message);
            return ExitCode.Refused;
        }
    }

    /// <summary>Says why a call failed.</summary>
    private static ExitCode Say(Terminal terminal, LegPainException exception)
    {
        switch (exception.Code)
        {
            case StatusCode.DeadlineExceeded:
                terminal.Error.WriteLine($"The server did not answer in time. {Reaching}");
                break;
            case StatusCode.Unavailable when exception.Reason.Length == 0:
                terminal.Error.WriteLine($"The server cannot be reached. {Reaching}");
                break;
            default:
                terminal.Error.WriteLine(exception.Reason.Length == 0
                    ? exception.Message : $"{exception.Message} ({exception.Reason})");
                break;
        }

        foreach (var field in exception.Fields)
        {
            terminal.Error.WriteLine($"  {field.Field}: {field.Reason}: {field.Description}");
        }

        foreach (var (key, value) in exception.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            terminal.Error.WriteLine($"  {key}: {value}");
        }

        // What was written may be stored: the same id makes a repeat safe.
        if (exception.RequestId is { } requestId && exception.Outcome != WriteOutcome.NotStored)
        {
            terminal.Error.WriteLine($"  Its request id is {requestId}: repeated with it, it is stored once at most.");
        }

        return exception.Code switch
        {
            StatusCode.Unavailable or StatusCode.DeadlineExceeded => ExitCode.Unreachable,
            StatusCode.InvalidArgument => ExitCode.Invalid,
            StatusCode.Aborted or StatusCode.AlreadyExists => ExitCode.Conflict,
            _ => ExitCode.Refused,
        };
    }
}
