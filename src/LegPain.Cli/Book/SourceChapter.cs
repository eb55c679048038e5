using LegPain.Engine.Knowledge;

namespace LegPain.Cli.Book;

/// <summary>The publications that statements cite.</summary>
internal sealed class SourceChapter(BookTexts texts)
{
    public IEnumerable<Block> Write() =>
    [
        new Heading(2, "sources", ["Sources"], OwnFile: true),
        new Paragraph(texts.Say(
            "Grade A: systematic review, guideline in its own text, or a large study; B: single study or guideline "
            + "digest; C: secondary or popular source. Read: how much of it was seen when the pack was written.",
            "Niveau A : revue systématique, recommandation dans son texte, ou grande étude ; B : étude unique ou "
            + "résumé de recommandation ; C : source secondaire ou grand public. Lu : ce qui en a été vu à la "
            + "rédaction.")),
        new Table(
            [
                texts.Say("Key", "Clé"), texts.Say("Publication", "Publication"), texts.Say("Grade", "Niveau"),
                texts.Say("Read", "Lu"),
            ],
            [.. texts.Knowledge.Sources.Select(Row)]),
    ];

    private IReadOnlyList<Phrase>[] Row(Source source)
    {
        var address = Uri.TryCreate(source.Address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? source.Address : null;
        return
        [
            [new(source.Key, Ink.Strong, Anchor: BookTexts.SourceAnchor(source.Key))],
            [
                new(source.Title, Link: address),
                source.Year is { } year ? $". {source.Publisher}, {BookTexts.Number(year)}." : $". {source.Publisher}.",
            ],
            [BookTexts.Word(source.Grade)],
            [source.Read],
        ];
    }
}
