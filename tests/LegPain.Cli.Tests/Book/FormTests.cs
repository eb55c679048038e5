using LegPain.Cli.Book;

namespace LegPain.Cli.Tests.Book;

/// <summary>What each kind of block is in each form.</summary>
public sealed class FormTests
{
    private static readonly Block[] Blocks =
    [
        new Heading(1, "top", ["A & <b>"]),
        new Paragraph("See ", new Phrase("here", Link: "#there"), ", ", new Phrase("a-b", Ink.Code), "."),
        new Heading(2, "chapter", ["Chapter"], OwnFile: true),
        new Bullets([new Item([new Phrase("Label: ", Ink.Strong), "x_y"], [new Item("part")])]),
        new Table(["1", "2"], [[["a | b"], [new Phrase("k", Ink.Warning, Anchor: "there")]]]),
    ];

    [Fact]
    public void Markdown_OfEveryBlock_IsWhatAForgeShows() =>
        Assert.Equal(
            """
            <a id="top"></a>

            # A & \<b\>

            See [here](#there), `a-b`.

            <a id="chapter"></a>

            ## Chapter

            - **Label:** x\_y
              - part

            | 1 | 2 |
            | --- | --- |
            | a \| b | <a id="there"></a>**k** |


            """,
            MarkdownForm.Write(Blocks));

    [Fact]
    public void MarkdownFiles_OfTwoHeadings_LinkToEachOther()
    {
        var files = MarkdownForm.WriteFiles(Blocks);

        Assert.Equal(["README.md", "chapter.md"], files.Select(file => file.File));
        Assert.Contains("[here](chapter.md#there)", files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfEveryBlock_IsEncoded()
    {
        var html = HtmlForm.Write(Blocks, "en");

        Assert.Contains("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Contains("<title>A &amp; &lt;b&gt;</title>", html, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            <body>
            <h1 id="top">A &amp; &lt;b&gt;</h1>
            <p>See <a href="#there">here</a>, <code>a-b</code>.</p>
            <h2 id="chapter">Chapter</h2>
            <ul>
            <li><strong>Label: </strong>x_y<ul>
            <li>part</li>
            </ul>
            </li>
            </ul>
            <table>
            <thead><tr><th>1</th><th>2</th></tr></thead>
            <tbody>
            <tr><td>a | b</td><td><span id="there"><span class="warning">k</span></span></td></tr>
            </tbody>
            </table>
            </body>
            </html>

            """,
            html, StringComparison.Ordinal);
    }
}
