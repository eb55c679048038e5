using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;
using Xunit;

namespace LegPain.Knowledge.Tests.Text;

/// <summary>What sentences say, from the corpus beside this file and from a few that show one thing each.</summary>
public sealed class FreeTextTests
{
    private static readonly KnowledgePack Pack = KnowledgePack.BuiltIn;
    private static readonly string[] Languages = ["en", "fr"];

    public static TheoryData<string, int> Corpus =>
    [
        .. Languages.SelectMany(language =>
            Enumerable.Range(0, Sentence.Read(language).Count).Select(at => (language, at))),
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Parse_OfASentenceOfTheCorpus_FindsExactlyItsMentions(string language, int at)
    {
        var sentence = Sentence.Read(language)[at];

        var said = Parse(language, sentence.Text).Mentions.Select(Sentence.Of);

        Assert.True(sentence.Says.Order().SequenceEqual(said.Order()),
            $"{sentence.Text}\nexpected {string.Join(", ", sentence.Says)}\nfound    {string.Join(", ", said)}");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Corpus_OfEachLanguage_HasEnoughSentences(string language) =>
        Assert.True(Sentence.Read(language).Count >= 60);

    [Theory]
    [InlineData("fr", "depuis trois semaines mon mollet gauche est gonflé, pas de fièvre, douleur 7/10")]
    [InlineData("fr", "depuis trois semaines mon mollet gauche est gonfle, pas de fievre, douleur 7/10")]
    [InlineData("fr", "DEPUIS TROIS SEMAINES MON MOLLET GAUCHE EST GONFLÉ, PAS DE FIÈVRE, DOULEUR 7/10")]
    [InlineData("fr", "depuis trois semaines mon mollet gauche est gonfle\u0301, pas de fie\u0300vre, douleur 7/10")]
    [InlineData("en", "for three weeks my left calf is swollen, no fever, pain 7/10")]
    public void Parse_WithOrWithoutAccents_FindsTheSame(string language, string text)
    {
        var parsed = Parse(language, text);

        Assert.Equal(
            ["symptom-duration=21", "pain-side=left", "leg-swelling=one-calf@21", "no:fever", "pain-intensity=7"],
            parsed.Mentions.Select(Sentence.Of));
        Assert.Equal(["dvt-suspected", "one-sided-swelling-unexplained"], parsed.RedFlags.Select(rule => rule.Id));
    }

    [Fact]
    public void Parse_OfATextWithSignsBeyondTheBasicPlane_CountsUtf16CodeUnits()
    {
        const string Text = "😀😀 fever";

        var mention = Assert.Single(Parse("en", Text).Mentions);

        Assert.Equal("fever", Text.Substring(mention.Start, mention.Length));
        Assert.Equal(5, mention.Start);
    }

    [Theory]
    [InlineData("my mother had a fever")]
    [InlineData("my sister can't walk and has chest pain")]
    [InlineData("no fever")]
    [InlineData("maybe I can't pee")]
    [InlineData("could it be a fever?")]
    [InlineData("last year I had a fever and chills")]
    [InlineData("")]
    [InlineData(" ")]
    public void RedFlags_OfWhatIsDeniedDoubtedPastOrOfOthers_AreNone(string text) =>
        Assert.Empty(Parse("en", text).RedFlags);

    [Fact]
    public void Parse_OfATextThatContradictsItself_KeepsWhatIsThereAndSaysSo()
    {
        var mention = Assert.Single(Parse("en", "I have no fever. The fever came back.").Mentions);

        Assert.Equal((Presence.Present, true), (mention.Presence, mention.IsUncertain));
    }

    [Fact]
    public void Parse_OfSeveralBeginnings_TakesTheEarliestForTheComplaint() =>
        Assert.Equal(
            ["fever@1", "leg-swelling=one-calf@14", "symptom-duration=14"],
            Parse("en", "fever since yesterday, swollen calf for two weeks").Mentions.Select(Sentence.Of));

    [Theory]
    [InlineData("en", "swollen calf", "leg-swelling")]
    [InlineData("en", "calf swelling", "leg-swelling")]
    [InlineData("en", "can't pee", "urinary-retention")]
    [InlineData("en", "water on the knee", "joint-swelling")]
    [InlineData("fr", "mollet gonflé", "leg-swelling")]
    [InlineData("fr", "n'arrive plus à uriner", "urinary-retention")]
    [InlineData("fr", "fievre", "fever")]
    public void Search_ByEverydayWords_PutsTheRightFindingFirst(string language, string query, string expected) =>
        Assert.Equal(
            expected, FindingSearch.Search(Pack.Knowledge, Pack.Texts(language), query, 10)[0].Id);

    private static ParsedText Parse(string language, string text) =>
        FreeText.Parse(Pack.Knowledge, Pack.Texts(language), text);
}
