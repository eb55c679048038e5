using LegPain.Cli.Book;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Book;

/// <summary>A condition in words says what its notation says.</summary>
public sealed class ConditionTextTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;

    [Theory]
    [InlineData("fever", "{fever} **yes** `fever`")]
    [InlineData("not(fever)", "{fever} **no** `fever`")]
    [InlineData("leg-swelling=one-calf", "{leg-swelling} **{leg-swelling:one-calf}** `leg-swelling`")]
    [InlineData("not(leg-swelling=one-calf)", "{leg-swelling} **not: {leg-swelling:one-calf}** `leg-swelling`")]
    [InlineData("calf-difference-cm>=3", "{calf-difference-cm} **3 cm or more** `calf-difference-cm`")]
    [InlineData("abpi<0.4", "{abpi} **below 0.4 ratio** `abpi`")]
    [InlineData("all(abpi>=1, abpi<=1.4)", "{abpi} **1 to 1.4 ratio** `abpi`")]
    [InlineData("all(abpi>0.9, abpi<1)", "{abpi} **above 0.9 and below 1 ratio** `abpi`")]
    [InlineData("within(leg-cold, 14d)", "{leg-cold} **yes** `leg-cold`, **begun within the last 14 days**")]
    [InlineData("persistent(fever, 3d)", "{fever} **yes** `fever`, **for at least 3 days**")]
    [InlineData(
        "worsening(pain-intensity, 14d)",
        "{pain-intensity} **the values of the last 14 days get worse** `pain-intensity`")]
    [InlineData("score(wells-dvt)>=2", "Wells score for deep vein thrombosis: **2 points or more**")]
    [InlineData(
        "any(leg-swelling=one-calf, leg-swelling=one-whole-leg)",
        "{leg-swelling} **{leg-swelling:one-calf} – or {leg-swelling:one-whole-leg}** `leg-swelling`")]
    public void ToLine_OfAConditionAboutOneThing_IsItsQuestionAndTheAnswer(string condition, string expected) =>
        Assert.Equal(Fill(expected), Plain(Text("en").ToItem(Parse(condition))));

    [Theory]
    [InlineData("all(fever, rigors)", "all of these:|- {fever} **yes** `fever`|- {rigors} **yes** `rigors`")]
    [InlineData(
        "at-least(2; fever, rigors, foot-drop)",
        "at least 2 of these:|- {fever} **yes** `fever`|- {rigors} **yes** `rigors`|- {foot-drop} **yes** `foot-drop`")]
    [InlineData(
        "any(leg-swelling=one-calf, fever, leg-swelling=one-whole-leg)",
        "any of these:|- {leg-swelling} **{leg-swelling:one-calf} – or {leg-swelling:one-whole-leg}** `leg-swelling`"
        + "|- {fever} **yes** `fever`")]
    [InlineData(
        "all(fever, unless(any(rigors, foot-drop)))",
        "all of these:|- {fever} **yes** `fever`|- except when any of these is known to be so:"
        + "|-- {rigors} **yes** `rigors`|-- {foot-drop} **yes** `foot-drop`")]
    [InlineData("unless(rigors)", "except when this is known to be so:|- {rigors} **yes** `rigors`")]
    [InlineData(
        "not(any(fever, rigors))",
        "none of these, and that is known:|- {fever} **yes** `fever`|- {rigors} **yes** `rigors`")]
    [InlineData(
        "not(all(fever, rigors))",
        "known to be otherwise:|- all of these:|-- {fever} **yes** `fever`|-- {rigors} **yes** `rigors`")]
    public void ToItem_OfAConditionWithParts_HasThemBelowIt(string condition, string expected) =>
        Assert.Equal(Fill(expected), Plain(Text("en").ToItem(Parse(condition))));

    [Fact]
    public void ToItem_OfEveryRedFlag_NamesEveryFindingOfIt()
    {
        foreach (var language in KnowledgePack.BuiltIn.Languages)
        {
            var conditions = Text(language);
            Assert.All(Knowledge.RedFlags, rule =>
            {
                var text = Plain(conditions.ToItem(rule.When));
                Assert.All(rule.When.SelfAndParts().Select(part => part.Finding).OfType<Finding>(), finding =>
                    Assert.Contains($"`{finding.Id}`", text, StringComparison.Ordinal));
            });
        }
    }

    [Fact]
    public void ToRow_OfEveryRowOfEvidence_IsWords() =>
        Assert.Empty(Knowledge.Evidence.Where(row => Text("en").ToLine(row.When) is null).Select(row => row.When));

    private static ConditionText Text(string language) => new(new(KnowledgePack.BuiltIn, language));

    private static Condition Parse(string text)
    {
        var condition = ConditionParser.Parse(text, new PackVocabulary(), out var faults);
        Assert.Empty(faults);
        return condition!;
    }

    /// <summary>Puts the pack's words in: <c>{finding}</c> is its question, <c>{finding:option}</c> a label.</summary>
    private static string Fill(string text)
    {
        var texts = KnowledgePack.BuiltIn.Texts("en");
        foreach (var finding in Knowledge.Findings)
        {
            text = text.Replace($"{{{finding.Id}}}", texts[TextKind.Finding, finding.Id, "question"],
                StringComparison.Ordinal);
            foreach (var option in finding.Options)
            {
                text = text.Replace(
                    $"{{{finding.Id}:{option}}}", texts[TextKind.Finding, finding.Id, "option:" + option],
                    StringComparison.Ordinal);
            }
        }

        return text;
    }

    private static string Plain(Item item, int depth = 0) => string.Join('|',
    [
        (depth == 0 ? string.Empty : new string('-', depth) + " ")
            + string.Concat(item.Text.Select(phrase => phrase.Ink switch
            {
                Ink.Strong => $"**{phrase.Text}**",
                Ink.Code => $"`{phrase.Text}`",
                _ => phrase.Text,
            })),
        .. item.Parts.Select(part => Plain(part, depth + 1)),
    ]);

    private sealed class PackVocabulary : IConditionVocabulary
    {
        public Finding? FindFinding(string id) => Knowledge.FindFinding(id);

        public int ScoreIndex(string id) =>
            Knowledge.Scores.SingleOrDefault(score => score.Id == id)?.Index ?? -1;
    }
}
