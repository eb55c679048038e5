using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace LegPain.Knowledge.Tests.Text;

/// <summary>The lexicons are whole in both languages, and what is wrong with one is named with file and line.</summary>
public sealed class LexiconTests
{
    private static readonly KnowledgePack Pack = KnowledgePack.BuiltIn;

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Phrases_OfEveryLanguage_SayEachFindingAndOptionThatPatientsAnswer(string language)
    {
        var phrases = Pack.Texts(language).Lexicon.Phrases;
        var asked = Pack.Knowledge.Findings.Where(finding => finding.AnsweredBy == AnsweredBy.Patient).ToList();

        Assert.Equal(217, asked.Count);
        Assert.All(asked, finding =>
        {
            Assert.Contains(phrases, phrase => phrase.Finding.Index == finding.Index);
            Assert.All(finding.Options.Where(option => option != finding.AbsentOption), option =>
                Assert.Contains(phrases, phrase => phrase.Finding.Index == finding.Index && phrase.Option == option));
        });
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Phrases_OfNearlyEveryFinding_AreSeveral(string language)
    {
        var few = Pack.Texts(language).Lexicon.Phrases.GroupBy(phrase => phrase.Finding.Id)
            .Where(group => group.Count() < 3 && group.First().Parts.Length == 1).Select(group => group.Key);

        Assert.Empty(few);
    }

    /// <summary>A phrase that another one hides would be dead: said alone, each names its finding.</summary>
    [Theory]
    [InlineData("en", "lexicon/")]
    [InlineData("fr", "fr/lexicon/")]
    public void Phrases_WithoutSets_NameTheirFindingByThemselves(string language, string folder)
    {
        var texts = Pack.Texts(language);
        var phrases = Literal(folder).ToList();

        var silent = phrases.Where(phrase => !MentionReader.Read(Pack.Knowledge, new(texts.Lexicon, phrase.Text))
            .Any(mention => mention.Finding.Id == phrase.Finding));

        Assert.True(phrases.Count > 1500);
        Assert.Empty(silent);
    }

    [Theory]
    [InlineData("lexicon/general.yaml", "rigors:", "rigors:", "riggors:", PackFaultCode.UnknownId)]
    [InlineData("lexicon/skin-swelling.yaml", "leg-swelling:", "one-calf:", "one-calve:", PackFaultCode.UnknownId)]
    [InlineData("lexicon/location.yaml", "loc-knee:", "<knee>", "<kneee>", PackFaultCode.UnknownId)]
    [InlineData("lexicon/general.yaml", "rigors:", "rigor*", "fever*", PackFaultCode.Duplicate)]
    [InlineData("lexicon/general.yaml", "rigors:", "rigor*", "chill*", PackFaultCode.Duplicate)]
    [InlineData("lexicon/general.yaml", "rigors:", "rigor*", "\"!\"", PackFaultCode.BadValue)]
    [InlineData("lexicon/words.yaml", "apostrophe", "joins", "glues", PackFaultCode.BadValue)]
    [InlineData("lexicon/words.yaml", "numbers:", "two: 2", "two: x", PackFaultCode.BadValue)]
    public void Read_OfABrokenLexicon_NamesFileAndLine(
        string file, string after, string old, string text, PackFaultCode code)
    {
        var edit = new PackEdit().Replace(file, after, old, text);
        var line = edit.LineOf(file, after == old ? text : after, text);

        var faults = edit.Faults();

        Assert.Contains(faults, fault => fault.File == file && fault.Line <= line && fault.Line >= line - 6
            && fault.Code == code);
    }

    [Fact]
    public void Read_OfALexiconThatLacksAFinding_SaysWhichInBothLanguages()
    {
        var english = new PackEdit()
            .Replace("lexicon/medicine.yaml", "laba-use:", "laba-use:", "statin-use-2:").Faults();
        var french = new PackEdit()
            .Replace("fr/lexicon/vessel.yaml", "blue:", "blue:", "normal-2:").Faults();

        Assert.Contains(english, fault => (fault.File, fault.Code) == ("lexicon/medicine.yaml", PackFaultCode.Text)
            && fault.Message.Contains("'laba-use'", StringComparison.Ordinal));
        Assert.Contains(french, fault => (fault.File, fault.Code) == ("fr/lexicon/vessel.yaml", PackFaultCode.Text)
            && fault.Message.Contains("'blue' of 'leg-color'", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OfAFindingThatOnlyOneLanguageSays_MissesItInTheOther()
    {
        var faults = new PackEdit()
            .Replace("lexicon/vessel.yaml", "leg-cold:", "leg-cold:", "limb-bruit: {other: [bruit]}\nleg-cold:")
            .Faults();

        var fault = Assert.Single(faults);
        Assert.Equal(("fr/lexicon/vessel.yaml", PackFaultCode.Text), (fault.File, fault.Code));
    }

    [Fact]
    public void Read_OfALanguageWithoutAFileOfWords_SaysSo() =>
        Assert.Contains(
            new PackEdit().Remove("fr/lexicon/words.yaml").Faults(),
            fault => (fault.File, fault.Code) == ("fr/lexicon/words.yaml", PackFaultCode.MissingField));

    private static IEnumerable<(string Finding, string Text)> Literal(string folder)
    {
        foreach (var file in PackFile.BuiltIn().Where(file => file.Path != folder + "words.yaml"
            && file.Path.StartsWith(folder, StringComparison.Ordinal)))
        {
            var stream = new YamlStream();
            using var reader = new StringReader(file.Content);
            stream.Load(reader);
            foreach (var (id, said) in ((YamlMappingNode)stream.Documents[0].RootNode).Children)
            {
                foreach (var phrase in said.AllNodes.OfType<YamlSequenceNode>().SelectMany(list => list.Children))
                {
                    var text = ((YamlScalarNode)phrase).Value!;
                    if (!text.Contains('<', StringComparison.Ordinal))
                    {
                        yield return (((YamlScalarNode)id).Value!, text.Replace(" + ", " ", StringComparison.Ordinal)
                            .Replace("& ", string.Empty, StringComparison.Ordinal)
                            .Replace("*", string.Empty, StringComparison.Ordinal));
                    }
                }
            }
        }
    }
}
