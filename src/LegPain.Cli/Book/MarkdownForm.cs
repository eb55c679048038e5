using System.Text;

namespace LegPain.Cli.Book;

/// <summary>Writes a book as Markdown that a forge shows.</summary>
internal sealed class MarkdownForm
{
    private const string Special = @"\`*_[]<>|~";
    private const string FirstFile = "README.md";

    private readonly IReadOnlyDictionary<string, string> _fileByAnchor;
    private readonly string _file;

    private MarkdownForm(string file, IReadOnlyDictionary<string, string> fileByAnchor)
    {
        _file = file;
        _fileByAnchor = fileByAnchor;
    }

    /// <summary>Returns the book as one file.</summary>
    public static string Write(IEnumerable<Block> blocks) =>
        new MarkdownForm(FirstFile, new Dictionary<string, string>()).WriteAll(blocks);

    /// <summary>Returns the book as several files, which a forge shows where it would not show the whole.</summary>
    /// <returns>README.md first, with all that stands before the first heading with a file of its own.</returns>
    public static IReadOnlyList<(string File, string Text)> WriteFiles(IReadOnlyList<Block> blocks)
    {
        var files = new List<(string File, List<Block> Blocks)> { (FirstFile, []) };
        var fileByAnchor = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in blocks)
        {
            if (block is Heading { OwnFile: true } first)
            {
                files.Add(($"{first.Anchor}.md", []));
            }

            files[^1].Blocks.Add(block);
            foreach (var anchor in AnchorsOf(block))
            {
                fileByAnchor.Add(anchor, files[^1].File);
            }
        }

        return [.. files.Select(file => (file.File, new MarkdownForm(file.File, fileByAnchor).WriteAll(file.Blocks)))];
    }

    private string WriteAll(IEnumerable<Block> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            switch (block)
            {
                case Heading heading:
                    text.Append($"<a id=\"{heading.Anchor}\"></a>\n\n{new string('#', heading.Level)} ");
                    Write(text, heading.Text);
                    text.Append('\n');
                    break;
                case Paragraph paragraph:
                    Write(text, paragraph.Text);
                    text.Append('\n');
                    break;
                case Bullets bullets:
                    Write(text, bullets.Items, 0);
                    break;
                case Table table:
                    Write(text, table);
                    break;
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private void Write(StringBuilder text, IEnumerable<Item> items, int depth)
    {
        foreach (var item in items)
        {
            text.Append(' ', 2 * depth).Append("- ");
            Write(text, item.Text);
            text.Append('\n');
            Write(text, item.Parts, depth + 1);
        }
    }

    private void Write(StringBuilder text, Table table)
    {
        text.Append($"| {string.Join(" | ", table.Head.Select(Escape))} |\n");
        text.Append($"|{string.Concat(table.Head.Select(_ => " --- |"))}\n");
        foreach (var row in table.Rows)
        {
            foreach (var cell in row)
            {
                text.Append("| ");
                Write(text, cell);
                text.Append(' ');
            }

            text.Append("|\n");
        }
    }

    private void Write(StringBuilder text, IEnumerable<Phrase> line)
    {
        foreach (var phrase in line)
        {
            if (phrase.Anchor is not null)
            {
                text.Append($"<a id=\"{phrase.Anchor}\"></a>");
            }

            var inked = phrase.Ink switch
            {
                // Ids and keys hold nothing that would end the code.
                Ink.Code => $"`{phrase.Text}`",
                Ink.Strong or Ink.Warning => Strong(phrase.Text),
                _ => Escape(phrase.Text),
            };
            text.Append(phrase.Link is null ? inked : $"[{inked}]({Address(phrase.Link)})");
        }
    }

    /// <summary>A link to another file names it.</summary>
    private string Address(string link) =>
        link[0] == '#' && _fileByAnchor.TryGetValue(link[1..], out var file) && file != _file ? file + link : link;

    private static IEnumerable<string> AnchorsOf(Block block) => block switch
    {
        Heading heading => [heading.Anchor],
        Table table => table.Rows.SelectMany(row => row).SelectMany(cell => cell)
            .Select(phrase => phrase.Anchor).OfType<string>(),
        _ => [],
    };

    /// <summary>Blanks at the ends stay outside the marks, which would be no marks otherwise.</summary>
    private static string Strong(string text)
    {
        var core = text.Trim();
        var start = text.IndexOf(core, StringComparison.Ordinal);
        return core.Length == 0 ? text : $"{text[..start]}**{Escape(core)}**{text[(start + core.Length)..]}";
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (Special.Contains(c, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(c is '\n' or '\r' ? ' ' : c);
        }

        return escaped.ToString();
    }
}
