using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class EvaluateTests : IDisposable
{
    private static readonly string Vignette =
        """
        {"id": "<one>", "source": "A & B", "source_type": "\"quoted\"", "gold": {"group": "<g>",
         "causes": ["<no cause>"], "urgency": "immediate", "urgency_acceptable": ["immediate"],
         "urgency_reason": "</p><script>1</script>"},
         "observations": [{"finding": "<odd>", "presence": "present"}, {"finding": "fever", "presence": "present"}]}
        """.ReplaceLineEndings("");

    private static readonly string Development = Path.Combine(AppContext.BaseDirectory, "vignettes", "dev.jsonl");

    private static readonly string DevelopmentFloors =
        Path.Combine(AppContext.BaseDirectory, "vignettes", "floors.json");

    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The ratchet: a figure may not fall, and what is gained is kept.</summary>
    [Fact]
    public async Task Evaluate_OfTheDevelopmentVignettes_IsExactlyAtItsFloors()
    {
        var root = await JsonAsync(Development, "--floors", DevelopmentFloors);

        Assert.Empty(
            from check in root.GetProperty("floors").EnumerateArray()
            let figure = check.GetProperty("figure").GetString()
            let floor = check.GetProperty("floor").GetInt32()
            let achieved = check.GetProperty("achieved").GetInt32()
            where achieved != floor
            select achieved < floor
                ? $"{figure} fell from {floor} to {achieved}: legpain evaluate tests/vignettes/dev.jsonl shows why"
                : $"{figure} rose from {floor} to {achieved}: raise its floor with legpain evaluate "
                    + "tests/vignettes/dev.jsonl --floors tests/vignettes/floors.json --raise-floors");
    }

    [Fact]
    public async Task Evaluate_WithJson_CountsEveryVignetteOnce()
    {
        var root = await JsonAsync(Development);

        var count = root.GetProperty("vignettes").GetInt32();
        Assert.Equal(File.ReadLines(Development).Count(), count);
        Assert.Equal(count, root.GetProperty("cases").GetArrayLength());
        Assert.Equal(count, Sum(root.GetProperty("byGroup"), "vignettes"));
        Assert.Equal(count, Sum(root.GetProperty("bySourceType"), "vignettes"));
        Assert.Equal(count, root.GetProperty("confusion").EnumerateObject()
            .Sum(row => row.Value.EnumerateObject().Sum(cell => cell.Value.GetInt32())));
        Assert.Equal(
            KnowledgePack.BuiltIn.Knowledge.Hash, root.GetProperty("knowledge").GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Evaluate_WithJson_ExplainsCausesByWhatCounts()
    {
        var root = await JsonAsync(Development);

        var explained = root.GetProperty("cases").EnumerateArray()
            .SelectMany(@case => @case.GetProperty("accounts").EnumerateArray()).ToList();
        Assert.NotEmpty(explained);
        Assert.All(explained, account =>
        {
            Assert.All(Weights(account, "for"), weight => Assert.True(weight > 0));
            Assert.All(Weights(account, "against"), weight => Assert.True(weight < 0));
        });
    }

    [Fact]
    public async Task Evaluate_Twice_SaysTheSame()
    {
        var first = await CliResult.OfAsync(["evaluate", Development, "--full"]);
        var second = await CliResult.OfAsync(["evaluate", Development, "--full"]);

        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task Evaluate_WithQuestions_CountsThemInEveryForm()
    {
        var file = Write("few.jsonl", string.Join('\n', File.ReadLines(Development).Skip(19).Take(2)));

        var questions = (await JsonAsync(file, "--questions")).GetProperty("questions");
        var (page, _) = await HtmlAsync(file, "--questions");
        var text = await CliResult.OfAsync(["evaluate", file, "--questions"]);

        Assert.Equal(2, questions.GetProperty("interviews").GetArrayLength());
        Assert.Equal(2, questions.GetProperty("ended").EnumerateObject().Sum(end => end.Value.GetInt32()));
        var median = questions.GetProperty("considered").GetProperty("toUrgency").GetProperty("median").GetDouble();
        var row = FormattableString.Invariant($"median {median:0.#}, half of them ");
        Assert.Contains(row, text.Output, StringComparison.Ordinal);
        Assert.Contains("A closed world is optimistic", text.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(page.Descendants("td"), cell => cell.Value.StartsWith(row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Evaluate_WithoutQuestions_AsksNone()
    {
        var root = await JsonAsync(Write("odd.jsonl", Vignette));

        Assert.Equal(JsonValueKind.Null, root.GetProperty("questions").ValueKind);
    }

    [Fact]
    public async Task Evaluate_OfWhatIsNotUnderstood_SaysSoAndGoesOn()
    {
        var file = Write("odd.jsonl", Vignette);

        var result = await CliResult.OfAsync(["evaluate", file]);
        var coverage = (await JsonAsync(file)).GetProperty("coverage");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("<one>: <odd> left out: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("Right causes the knowledge lacks: <no cause>.", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, coverage.GetProperty("understood").GetProperty("count").GetInt32());
        Assert.Equal(0, coverage.GetProperty("goldKnown").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Evaluate_OfAFaultyFile_NamesTheLine()
    {
        var file = Write("bad.jsonl", $"{Vignette}\n{{\n");

        var result = await CliResult.OfAsync(["evaluate", file]);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains($"  {file}:2: ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("no-such-file.jsonl")]
    [InlineData("--raise-floors")]
    public async Task Evaluate_OfACommandLineThatCannotBeRead_IsUsage(string argument)
    {
        var result = await CliResult.OfAsync(
            argument.StartsWith('-') ? ["evaluate", Development, argument] : ["evaluate", argument]);

        Assert.Equal(ExitCode.Usage, result.Code);
    }

    [Fact]
    public async Task Evaluate_WithAPackOfItsOwn_UsesIt()
    {
        foreach (var file in PackFile.BuiltIn())
        {
            var content = file.Path == "pack.yaml" ? file.Content + "# another\n" : file.Content;
            Write(Path.Combine("pack", file.Path), content);
        }

        var root = await JsonAsync(Development, "--pack", Path.Combine(_folder, "pack"));

        Assert.NotEqual(
            KnowledgePack.BuiltIn.Knowledge.Hash, root.GetProperty("knowledge").GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Floors_WhenAFigureIsBelow_RefuseAndStay()
    {
        var floors = await BeginFloorsAsync(top3: 100);
        var content = File.ReadAllText(floors);

        var result = await CliResult.OfAsync(["evaluate", Development, "--floors", floors]);
        var raised = await CliResult.OfAsync(["evaluate", Development, "--floors", floors, "--raise-floors"]);

        Assert.Equal((ExitCode.Refused, ExitCode.Refused), (result.Code, raised.Code));
        Assert.Matches(@"top3 is \d+, below its floor of 100\.", result.Error);
        Assert.Equal(content, File.ReadAllText(floors));
    }

    [Fact]
    public async Task Floors_WhenAFigureIsAbove_CanBeRaised()
    {
        var floors = await BeginFloorsAsync(top3: 1);

        var before = await CliResult.OfAsync(["evaluate", Development, "--floors", floors]);
        var raised = await CliResult.OfAsync(["evaluate", Development, "--floors", floors, "--raise-floors"]);

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (before.Code, raised.Code));
        Assert.Contains("its floor of 1 can be raised: --raise-floors", before.Output, StringComparison.Ordinal);
        Assert.Contains("Every figure is at its floor.", raised.Output, StringComparison.Ordinal);
        Assert.True(ReadFloors(floors)["top3"] > 1);
    }

    [Theory]
    [InlineData("{ \"vignettes\": 3 }", "was made for 3 vignettes")]
    [InlineData("{ \"vignettes\": 104 }", "lacks understood")]
    [InlineData("{ \"vignettes\": 104, \"top2\": 1 }", "names no figure with top2")]
    [InlineData("{ \"vignettes\": 104.5 }", "not a JSON object of counts")]
    [InlineData("null", "was made for 0 vignettes")]
    public async Task Floors_ThatDoNotFit_AreRefused(string content, string expected)
    {
        var floors = Write("floors.json", content);

        var result = await CliResult.OfAsync(["evaluate", Development, "--floors", floors, "--raise-floors"]);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(floors));
    }

    [Fact]
    public async Task Html_IsOnePageThatNeedsNothingElse()
    {
        var (page, text) = await HtmlAsync(Development);

        Assert.Equal(3, page.Descendants("svg").Count());
        Assert.NotEmpty(page.Descendants("details"));
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute =>
            attribute.Name.LocalName is "src" or "href"
            || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
        Assert.DoesNotContain('&', page.Descendants("style").Single().ToString());
        Assert.StartsWith("<!DOCTYPE html>", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(td|th|p|div|span|dd|dt)[^>]*/>", text);
    }

    [Fact]
    public async Task Html_EncodesWhatTheFileSays()
    {
        var (page, text) = await HtmlAsync(Write("odd.jsonl", Vignette));

        Assert.Empty(page.Descendants("script"));
        Assert.Contains("&lt;/p&gt;&lt;script&gt;1", text, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("dd"), element => element.Value == "A & B, \"quoted\"");
        Assert.Contains("<one>: <odd> left out", page.Root!.Value, StringComparison.Ordinal);
    }

    private static int Sum(JsonElement parts, string field) =>
        parts.EnumerateObject().Sum(part => part.Value.GetProperty(field).GetInt32());

    private static IEnumerable<double> Weights(JsonElement account, string side) =>
        account.GetProperty(side).EnumerateArray().Select(part => part.GetProperty("weight").GetDouble());

    private static Dictionary<string, int> ReadFloors(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path))!;

    private static async Task<JsonElement> JsonAsync(params string[] args)
    {
        var result = await CliResult.OfAsync(["evaluate", .. args, "--json"]);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>Begins a file of floors with what is achieved, but for one figure.</summary>
    private async Task<string> BeginFloorsAsync(int top3)
    {
        var path = Path.Combine(_folder, "floors.json");
        await CliResult.OfAsync(["evaluate", Development, "--floors", path, "--raise-floors"]);
        var floors = ReadFloors(path);
        floors["top3"] = top3;
        File.WriteAllText(path, JsonSerializer.Serialize(floors));
        return path;
    }

    private async Task<(XDocument Page, string Text)> HtmlAsync(string file, params string[] more)
    {
        var path = Path.Combine(_folder, "page.html");
        var result = await CliResult.OfAsync(["evaluate", file, "--html", path, .. more]);
        Assert.Equal(ExitCode.Ok, result.Code);
        var text = File.ReadAllText(path);
        using var reader = XmlReader.Create(
            new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return (XDocument.Load(reader), text);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
