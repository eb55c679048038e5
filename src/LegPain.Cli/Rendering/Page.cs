using System.Text;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Text of one style.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">The style; null for plain.</param>
/// <param name="Unbroken">True to keep it on one line, blanks and all.</param>
internal readonly record struct Run(string Text, Style? Style = null, bool Unbroken = false)
{
    public static implicit operator Run(string text) => new(text);
}

/// <summary>Writes wrapped lines: labels in a column, and text that hangs beside them.</summary>
internal sealed class Page(IAnsiConsole console)
{
    /// <summary>The column where text begins that has a label.</summary>
    public const int LabelColumn = 12;

    private static readonly Style Plain = Style.Plain;

    private static readonly Style Dim = new(decoration: Decoration.Dim);

    /// <summary>Gets the width of a line.</summary>
    public int Width => console.Profile.Width;

    /// <summary>Gets whether styles are seen.</summary>
    public bool HasColor => console.Profile.Capabilities.Ansi;

    /// <summary>Gets whether the output takes more than ASCII.</summary>
    public bool HasUnicode => console.Profile.Capabilities.Unicode;

    /// <summary>Ends a paragraph.</summary>
    public void Blank() => console.WriteLine();

    /// <summary>Writes a line across the page with a title at its left.</summary>
    public void Rule(string title, Style? style = null)
    {
        var dash = HasUnicode ? '─' : '-';
        var head = $"{dash}{dash} {title} ";
        console.Write(new Text(head, style ?? Plain));
        console.Write(new Text(new string(dash, Math.Max(0, Width - head.Length)), Dim));
        console.WriteLine();
    }

    /// <summary>Writes text from a column on, wrapped, every line beginning there.</summary>
    public void Write(int column, params ReadOnlySpan<Run> runs) => Flow(column, column, runs);

    /// <summary>Writes text from a column on, wrapped, further lines beginning two columns later.</summary>
    public void WriteHanging(int column, params ReadOnlySpan<Run> runs) => Flow(column, column + 2, runs);

    /// <summary>Writes a label and text beside it, wrapped within its column.</summary>
    public void Labeled(string label, params ReadOnlySpan<Run> runs) => Labeled(label, LabelColumn, runs);

    /// <summary>Writes a label and text beside it, wrapped within a column.</summary>
    public void Labeled(string label, int column, params ReadOnlySpan<Run> runs)
    {
        var head = label.PadRight(column);
        console.Write(new Text(head, Dim));
        Flow(0, column, runs, head.Length);
    }

    /// <summary>Writes one entry of a list under a label: a dash, and text that hangs beside it.</summary>
    public void Bullet(string label, params ReadOnlySpan<Run> runs)
    {
        console.Write(new Text(label.PadRight(LabelColumn), Dim));
        console.Write(new Text("- "));
        Flow(0, LabelColumn + 2, runs, LabelColumn + 2);
    }

    private void Flow(int first, int hanging, ReadOnlySpan<Run> runs, int used = 0)
    {
        var line = new StyledLine(console, used);
        line.Add(new string(' ', first), Plain);
        var start = true;
        var spaces = 0;
        foreach (var (text, style, unbroken) in runs)
        {
            var at = 0;
            while (at < text.Length)
            {
                if (text[at] == ' ' && !unbroken)
                {
                    spaces += start ? 0 : 1;
                    at++;
                    continue;
                }

                var end = unbroken ? -1 : text.IndexOf(' ', at);
                var word = end < 0 ? text[at..] : text[at..end];
                if (spaces > 0 && line.Column + spaces + word.Length > Width)
                {
                    line.End();
                    line.Add(new string(' ', hanging), Plain);
                    spaces = 0;
                }

                line.Add(new string(' ', spaces), at == 0 ? Plain : style ?? Plain);
                line.Add(word, style ?? Plain);
                (start, spaces) = (false, 0);
                at += word.Length;
            }
        }

        line.End();
    }

    /// <summary>Gathers text of one style, so that each style is said once and not once a word.</summary>
    private sealed class StyledLine(IAnsiConsole console, int column)
    {
        private readonly StringBuilder _text = new();
        private Style _style = Plain;

        public int Column { get; private set; } = column;

        public void Add(string text, Style style)
        {
            if (text.Length > 0 && !style.Equals(_style))
            {
                Flush();
                _style = style;
            }

            _text.Append(text);
            Column += text.Length;
        }

        public void End()
        {
            Flush();
            console.WriteLine();
            Column = 0;
        }

        private void Flush()
        {
            if (_text.Length > 0)
            {
                console.Write(new Text(_text.ToString(), _style));
                _text.Clear();
            }
        }
    }
}
