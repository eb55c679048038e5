using System.Net;
using System.Text;

namespace LegPain.Cli.Book;

/// <summary>Writes a book as one HTML file that needs nothing beside it and is well-formed XML.</summary>
internal static class HtmlForm
{
    private const string Style =
        """
        body { font: 16px/1.5 Georgia, serif; color: #1b1b1b; max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; }
        h1, h2, h3, h4, th { font-family: system-ui, "Helvetica Neue", Arial, sans-serif; line-height: 1.25; }
        h2 { margin-top: 3rem; border-bottom: 2px solid #888; }
        h3 { margin-top: 2.2rem; border-bottom: 1px solid #ccc; }
        a { color: #0b4f8a; text-decoration: none; }
        a:hover { text-decoration: underline; }
        code { font: 0.8em/1 ui-monospace, Consolas, monospace; background: #f1f1ee; padding: 0.1em 0.3em; }
        table { border-collapse: collapse; width: 100%; font-size: 0.85rem; margin: 0.8rem 0; }
        th, td { border: 1px solid #ccc; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
        th { background: #f1f1ee; }
        ul { padding-left: 1.4rem; }
        .warning { color: #8a1c0b; font-weight: bold; }
        @media print {
          body { font-size: 9.5pt; max-width: none; margin: 0; padding: 0; }
          a { color: inherit; }
          h2 { break-before: page; }
          h2, h3, h4 { break-after: avoid; }
          tr, li { break-inside: avoid; }
          thead { display: table-header-group; }
        }
        """;

    public static string Write(IReadOnlyList<Block> blocks, string language)
    {
        var title = string.Concat(blocks.OfType<Heading>().First().Text.Select(phrase => phrase.Text));
        var text = new StringBuilder();
        text.Append("<!DOCTYPE html>\n");
        text.Append($"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{Encode(language)}\">\n<head>\n");
        text.Append("<meta charset=\"utf-8\" />\n");
        text.Append("<meta name=\"viewport\" content=\"width=device-width\" />\n");
        text.Append($"<title>{Encode(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        foreach (var block in blocks)
        {
            Write(text, block);
        }

        return text.Append("</body>\n</html>\n").Replace("\r\n", "\n").ToString();
    }

    private static void Write(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Heading heading:
                text.Append($"<h{heading.Level} id=\"{Encode(heading.Anchor)}\">");
                Write(text, heading.Text);
                text.Append($"</h{heading.Level}>\n");
                break;
            case Paragraph paragraph:
                text.Append("<p>");
                Write(text, paragraph.Text);
                text.Append("</p>\n");
                break;
            case Bullets bullets:
                Write(text, bullets.Items);
                break;
            case Table table:
                Write(text, table);
                break;
        }
    }

    private static void Write(StringBuilder text, IReadOnlyList<Item> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        text.Append("<ul>\n");
        foreach (var item in items)
        {
            text.Append("<li>");
            Write(text, item.Text);
            Write(text, item.Parts);
            text.Append("</li>\n");
        }

        text.Append("</ul>\n");
    }

    private static void Write(StringBuilder text, Table table)
    {
        text.Append("<table>\n<thead><tr>");
        text.Append(string.Concat(table.Head.Select(head => $"<th>{Encode(head)}</th>")));
        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            text.Append("<tr>");
            foreach (var cell in row)
            {
                text.Append("<td>");
                Write(text, cell);
                text.Append("</td>");
            }

            text.Append("</tr>\n");
        }

        text.Append("</tbody>\n</table>\n");
    }

    private static void Write(StringBuilder text, IEnumerable<Phrase> line)
    {
        foreach (var phrase in line)
        {
            var inked = Encode(phrase.Text);
            inked = phrase.Ink switch
            {
                Ink.Code => $"<code>{inked}</code>",
                Ink.Strong => $"<strong>{inked}</strong>",
                Ink.Warning => $"<span class=\"warning\">{inked}</span>",
                _ => inked,
            };
            inked = phrase.Link is null ? inked : $"<a href=\"{Encode(phrase.Link)}\">{inked}</a>";
            text.Append(phrase.Anchor is null ? inked : $"<span id=\"{Encode(phrase.Anchor)}\">{inked}</span>");
        }
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
