using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;
using Xunit;

namespace LegPain.Knowledge.Tests.Text;

/// <summary>What holds of every text.</summary>
public sealed class FreeTextLawTests
{
    private const int Texts = 400;

    private static readonly KnowledgePack Pack = KnowledgePack.BuiltIn;
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Languages = ["en", "fr"];
    private static readonly string[] NotOnly = ["Not only", "not just", "Pas seulement"];
    private static readonly string[] English = ["No fever, chills or swelling.", "I never had a clot."];
    private static readonly string[] French = ["Ni fièvre ni frissons.", "Je n'ai jamais eu de phlébite."];

    /// <summary>Words of the corpus in any order, joined by blanks, commas and stops: nearly real text.</summary>
    private static readonly Gen<(string Language, string Text)> Jumbles =
        from language in OneOf(Languages)
        from words in OneOf(WordsOf(language)).Array[0, 40]
        from joins in OneOf(" ", " ", " ", ", ", ". ", "? ", "\n").Array[40]
        select (language, string.Concat(words.Zip(joins, (word, glue) => word + glue)));

    private static readonly Gen<(string Language, string Text)> Sentences =
        from language in OneOf(Languages)
        from sentences in OneOf([.. Sentence.Read(language).Select(sentence => sentence.Text)]).Array[1, 4]
        select (language, string.Join(". ", sentences));

    private static readonly Gen<(string Language, string Text)> Anything =
        Gen.OneOf(Jumbles, Sentences, Gen.Select(OneOf(Languages), Gen.String));

    [Fact]
    public void Parse_OfAnyText_NeverThrowsAndIsTheSameTwice() =>
        Anything.Sample(
            text => Describe(text.Language, text.Text) == Describe(text.Language, text.Text), iter: Texts);

    [Fact]
    public void Spans_OfAnyText_LieInsideItAndBeginAndEndWithAWord() =>
        Anything.Sample(
            text =>
            {
                foreach (var mention in Parse(text.Language, text.Text).Mentions)
                {
                    Assert.True(mention.Length > 0);
                    var words = text.Text.Substring(mention.Start, mention.Length);
                    Assert.True(char.IsLetterOrDigit(words[0]));
                    Assert.True(char.IsLetterOrDigit(words[^1]));
                }
            },
            iter: Texts);

    /// <summary>
    /// The words of a mention, cut out of the text, name the same finding again; but for "not only .. but", whose first
    /// words are not part of what it joins.
    /// </summary>
    [Fact]
    public void Spans_OfTheCorpus_NameTheirFindingByThemselves()
    {
        foreach (var language in Languages)
        {
            foreach (var (text, _) in Sentence.Read(language).Where(sentence => !NotOnly.Any(sentence.Text.Contains)))
            {
                foreach (var mention in Parse(language, text).Mentions)
                {
                    var words = text.Substring(mention.Start, mention.Length);

                    Assert.Contains(
                        mention.Finding.Id, Parse(language, words).Mentions.Select(found => found.Finding.Id));
                }
            }
        }
    }

    [Fact]
    public void Mentions_OfAnyText_CanBeReportedWhenPresentOrAbsent() =>
        Anything.Sample(
            text =>
            {
                var report = Parse(text.Language, text.Text).Mentions
                    .Where(mention => mention.Presence != Presence.Unknown).Select(Observe).ToList();

                Assert.Empty(ObservationCheck.Check(
                    report, [.. report.Select(_ => (string?)null)], Pack.Knowledge, Now, bornAfter: null));
            },
            iter: Texts);

    [Fact]
    public void RedFlags_OfAnyText_AreThoseThatThePresentMentionsRaise() =>
        Anything.Sample(
            text =>
            {
                var parsed = Parse(text.Language, text.Text);
                var present = parsed.Mentions.Where(mention => mention.Presence == Presence.Present).Select(Observe);
                var assessment = Assessor.Assess(
                    ClinicalCase.Build(Pack.Knowledge, ClinicalCase.Group(present), Now));
                var raised = assessment.RedFlags.ToArray();

                Assert.All(parsed.RedFlags, rule => Assert.Equal(Truth.True, raised[rule.Index]));
                Assert.Equal(raised.Count(state => state == Truth.True), parsed.RedFlags.Count);
            },
            iter: Texts);

    [Fact]
    public void RedFlags_AfterADeniedSentenceIsAdded_AreTheSame() =>
        Gen.Select(Anything, OneOf(0, 1)).Sample(
            (text, at) =>
            {
                var before = Parse(text.Language, text.Text + ". ");

                var after = Parse(text.Language, text.Text + ". " + (text.Language == "en" ? English : French)[at]);

                Assert.Equal(before.RedFlags, after.RedFlags);
            },
            iter: Texts);

    /// <summary>Counted in comparisons: twice the text costs little more than twice as much.</summary>
    [Theory]
    [InlineData("en", "no ")]
    [InlineData("en", "pain ")]
    [InlineData("en", "the the ")]
    [InlineData("en", "calf ")]
    [InlineData("en", "7/10 ")]
    [InlineData("en", "no fever, ")]
    [InlineData("en", "my left calf is swollen and painful and ")]
    [InlineData("en", "can't ")]
    [InlineData("fr", "mal au mollet et à la jambe, ")]
    [InlineData("fr", "de la ")]
    public void Steps_OfALongHostileText_GrowWithItsLength(string language, string part)
    {
        var whole = StepsOf(language, part, FreeText.CharactersMax);
        var half = StepsOf(language, part, FreeText.CharactersMax / 2);

        Assert.True(whole <= 2.5 * half, $"{half} steps for half of what costs {whole}.");
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static long StepsOf(string language, string part, int length)
    {
        var text = string.Concat(Enumerable.Repeat(part, length / part.Length));
        var scan = new TextScan(Pack.Texts(language).Lexicon, text);
        MentionReader.Read(Pack.Knowledge, scan);
        return scan.Steps;
    }

    private static Observation Observe(Mention mention) => new(
        mention.Finding.Id, mention.Presence, mention.Number, mention.Options, Now,
        mention.BeganDaysAgo is { } days ? Now.AddDays(-days) : null);

    private static string[] WordsOf(string language) =>
    [
        .. Sentence.Read(language).SelectMany(sentence => sentence.Text.Split(' ', ',', '.')).Distinct()
            .Where(word => word.Length > 0),
    ];

    private static string Describe(string language, string text) =>
        string.Join(';', Parse(language, text).Mentions.Select(Sentence.Of));

    private static ParsedText Parse(string language, string text) =>
        FreeText.Parse(Pack.Knowledge, Pack.Texts(language), text);
}
