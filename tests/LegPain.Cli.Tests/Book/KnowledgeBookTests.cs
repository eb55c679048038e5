using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using LegPain.Cli.Book;
using LegPain.Engine.Knowledge;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Book;

/// <summary>The book is whole, its links lead somewhere, and it is the same each time.</summary>
public sealed partial class KnowledgeBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Anchors_OfTheBook_NameEveryIdOfThePackOnce(string language)
    {
        var anchors = Html(language).Descendants().Attributes("id").Select(id => id.Value).ToList();

        Assert.Equal(anchors.Count, anchors.Distinct().Count());
        Assert.Empty(PackAnchors().Except(anchors));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Links_OfTheHtmlBook_LeadSomewhere(string language)
    {
        var html = Html(language);
        var anchors = html.Descendants().Attributes("id").Select(id => "#" + id.Value).ToHashSet();

        var links = html.Descendants().Attributes("href").Select(link => link.Value).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(
            anchors.Contains(link) || link.StartsWith("http", StringComparison.Ordinal), link));
    }

    [Fact]
    public async Task Links_OfTheMarkdownBookInAFolder_LeadSomewhere()
    {
        await CliResult.OfAsync(["knowledge", "book", "--language", "fr", "--out", _folder]);

        var files = Directory.GetFiles(_folder).ToDictionary(path => Path.GetFileName(path)!, File.ReadAllText);
        var anchors = files.SelectMany(file => Anchor().Matches(file.Value).Select(match =>
            $"{file.Key}#{match.Groups[1].Value}")).ToHashSet();
        var links = files.SelectMany(file => Link().Matches(file.Value).Select(match =>
            match.Groups[1].Value is ['#', ..] inside ? file.Key + inside : match.Groups[1].Value)).ToHashSet();

        Assert.Contains("README.md", files.Keys);
        Assert.Contains("cause-sciatica.md", files.Keys);
        Assert.Empty(links.Except(anchors));
        Assert.Empty(PackAnchors().Except(anchors.Select(anchor => anchor.Split('#')[1])));
    }

    [Theory]
    [InlineData("md")]
    [InlineData("html")]
    public async Task Book_WrittenTwice_IsTheSame(string format)
    {
        var first = await CliResult.OfAsync(["knowledge", "book", "--format", format]);
        var second = await CliResult.OfAsync(["knowledge", "book", "--format", format]);

        Assert.Equal(ExitCode.Ok, first.Code);
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task Book_OfAFolderToAFile_IsThatPack()
    {
        foreach (var file in PackFile.BuiltIn())
        {
            var path = Path.Combine(_folder, "pack", file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content.Replace(
                "name: Restless legs syndrome", "name: Legs <b>that</b> | rest", StringComparison.Ordinal));
        }

        var markdown = Path.Combine(_folder, "book.md");
        var html = Path.Combine(_folder, "book.html");
        string[] command = ["knowledge", "book", "--pack", Path.Combine(_folder, "pack")];
        await CliResult.OfAsync([.. command, "--out", markdown]);
        await CliResult.OfAsync([.. command, "--out", html, "--format", "html"]);

        Assert.Contains(
            @"Legs \<b\>that\</b\> \| rest", await ReadAsync(markdown), StringComparison.Ordinal);
        Assert.Contains(
            "Legs &lt;b&gt;that&lt;/b&gt; | rest", await ReadAsync(html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Book_OfABrokenPack_NamesItsFaults()
    {
        var result = await CliResult.OfAsync(["knowledge", "book", "--pack", _folder]);

        Assert.Equal(ExitCode.Refused, result.Code);
        Assert.Contains("pack.yaml:1: KB002", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Book_AsJson_IsAUsageError() =>
        Assert.Equal(ExitCode.Usage, (await CliResult.OfAsync(["knowledge", "book", "--json"])).Code);

    [Fact]
    public void Review_OfTheBook_CountsEveryRow()
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        var blocks = KnowledgeBook.Of(KnowledgePack.BuiltIn, "en").Blocks;

        var counts = blocks.SkipWhile(block => block is not Heading { Anchor: "review" }).OfType<Table>().First();

        var (kinds, all) = (counts.Rows.SkipLast(2).ToList(), counts.Rows[^1]);
        Assert.Equal(
            [
                knowledge.RedFlags.Count, knowledge.Evidence.Count,
                knowledge.Causes.Sum(cause => cause.SiteShares.Count), knowledge.Advice.Count,
            ],
            all[1..].Select(Number));
        Assert.All(Enumerable.Range(1, 4), column =>
            Assert.Equal(Number(all[column]), kinds.Sum(row => Number(row[column]))));

        static int Number(IReadOnlyList<Phrase> cell) => int.Parse(cell[0].Text, provider: null);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Model_OfTheBook_HasEveryFigureOnce(string language)
    {
        var blocks = KnowledgeBook.Of(KnowledgePack.BuiltIn, language).Blocks;

        var figures = blocks.SkipWhile(block => block is not Heading { Anchor: "model" }).OfType<Bullets>().First();

        Assert.Equal(typeof(ModelConstants).GetProperties().Length, figures.Items.Count);
        Assert.Distinct(figures.Items.Select(item => item.Text[0].Text));
    }

    [Fact]
    public void Findings_ThatFollowFromOthers_AreInTheBookWithTheirCondition()
    {
        var blocks = KnowledgeBook.Of(KnowledgePack.BuiltIn, "en").Blocks;

        var told = blocks.SkipWhile(block => block is not Heading { Anchor: "findings" }).OfType<Bullets>()
            .SelectMany(list => list.Items).ToDictionary(item => item.Text[0].Text, StringComparer.Ordinal);

        Assert.All(KnowledgePack.BuiltIn.Knowledge.Derivations, derivation => Assert.Subset(
            Words(told[derivation.Finding.Id]).ToHashSet(),
            derivation.When.SelfAndParts().Select(part => part.Finding?.Id).OfType<string>().ToHashSet()));

        static IEnumerable<string> Words(Item item) =>
            item.Text.Select(phrase => phrase.Text).Concat(item.Parts.SelectMany(Words));
    }

    [Fact]
    public void Findings_OfTheBook_SayWhatANoStandsFor()
    {
        var blocks = KnowledgeBook.Of(KnowledgePack.BuiltIn, "en").Blocks;

        var told = blocks.SkipWhile(block => block is not Heading { Anchor: "findings" }).OfType<Table>()
            .SelectMany(table => table.Rows).Where(row => row.Length == 5 && row[3].Any(SaysNo))
            .Select(row => row[0][0].Text);

        Assert.Equal(
            KnowledgePack.BuiltIn.Knowledge.Findings
                .Where(finding => finding.AbsentOption is not null || finding.AbsentNumber is not null)
                .Select(finding => finding.Id).Order(),
            told.Order());

        static bool SaysNo(Phrase phrase) => phrase.Text.Contains("no stands for", StringComparison.Ordinal);
    }

    private static XDocument Html(string language)
    {
        var (blocks, written) = KnowledgeBook.Of(KnowledgePack.BuiltIn, language);
        Assert.Equal(language, written);
        using var text = new StringReader(HtmlForm.Write(blocks, written));
        using var reader = XmlReader.Create(text, new() { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static IEnumerable<string> PackAnchors()
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        return
        [
            .. knowledge.Findings.Select(finding => "finding-" + finding.Id),
            .. knowledge.Causes.Select(cause => "cause-" + cause.Id),
            .. knowledge.RedFlags.Select(rule => "red-flag-" + rule.Id),
            .. knowledge.Scores.Select(score => "score-" + score.Id),
            .. knowledge.Examinations.Select(examination => "examination-" + examination.Id),
            .. knowledge.Advice.Select(advice => "advice-" + advice.Id),
            .. knowledge.Sources.Select(source => "source-" + source.Key),
            .. Enum.GetValues<Engine.Vocabulary.Urgency>().Select(urgency => "urgency-" + BookTexts.Word(urgency)),
        ];
    }

    private static Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    [GeneratedRegex("<a id=\"([^\"]+)\">")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"\]\((?!http)([^)]+)\)")]
    private static partial Regex Link();
}
