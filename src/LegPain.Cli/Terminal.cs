using System.Text;
using Spectre.Console;

namespace LegPain.Cli;

/// <summary>What a command reads from and writes to, and its clock: the process's own, or a test's.</summary>
internal sealed class Terminal
{
    private const int WidthMax = 100;

    private Terminal(TextWriter text, bool color, int width)
    {
        Text = text;
        Out = AnsiConsole.Create(new()
        {
            Ansi = color ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = color ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),

            // Without this a build server would get escape codes in its log.
            Enrichment = new() { UseDefaultEnrichers = false },
        });
        Out.Profile.Width = Math.Clamp(width, 40, WidthMax);
    }

    /// <summary>Gets standard output, for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Gets standard output, for machines.</summary>
    public TextWriter Text { get; }

    /// <summary>Gets standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets standard input.</summary>
    public required TextReader In { get; init; }

    /// <summary>Gets whether a person watches the output.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>
    /// Gets whether a person types the input; input that is piped is not seen otherwise, so it is echoed.
    /// </summary>
    public required bool IsInputInteractive { get; init; }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets the reader of environment variables.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Asks for one line. Piped input is echoed.</summary>
    /// <returns>The line; null when the input has ended.</returns>
    public async Task<string?> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        Out.Write(new Spectre.Console.Text(prompt));
        var line = await In.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
        if (!IsInputInteractive)
        {
            Out.WriteLine(line ?? string.Empty);
        }

        return line;
    }

    /// <summary>Returns the process's own. Colors only where a person watches and NO_COLOR is not set.</summary>
    public static Terminal OfProcess()
    {
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        var interactive = !Console.IsOutputRedirected;
        var noColor = System.Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var width = interactive && Console.WindowWidth > 0 ? Console.WindowWidth : WidthMax;
        return new(Console.Out, interactive && !noColor, width)
        {
            Error = Console.Error,
            In = Console.In,
            IsInteractive = interactive,
            IsInputInteractive = !Console.IsInputRedirected,
        };
    }

    /// <summary>Returns one over given streams, as if everything were redirected.</summary>
    public static Terminal Over(
        TextWriter output, TextWriter error, TextReader input, Func<string, string?>? environment = null) =>
        new(output, color: false, WidthMax)
        {
            Error = error,
            In = input,
            IsInteractive = false,
            IsInputInteractive = false,
            Environment = environment ?? (_ => null),
        };

    /// <summary>
    /// Returns this one with what people read going to standard error, so that standard output is for machines.
    /// </summary>
    public Terminal OnError() => new(Error, color: false, Out.Profile.Width)
    {
        Error = Error,
        In = In,
        IsInteractive = IsInteractive,
        IsInputInteractive = IsInputInteractive,
        Clock = Clock,
        Environment = Environment,
    };
}
