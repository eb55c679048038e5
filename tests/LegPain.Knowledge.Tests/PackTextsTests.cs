using System.Text.RegularExpressions;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Knowledge.Tests;

/// <summary>What people read: which language they get, that it is complete, and that it is plain.</summary>
public sealed partial class PackTextsTests
{
    private static readonly string[] Levels = ["immediate", "same-day", "soon", "routine", "self-care"];
    private static readonly KnowledgePack Pack = KnowledgePack.BuiltIn;
    private static readonly KnowledgeBase Knowledge = Pack.Knowledge;

    [Theory]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("fr", "fr")]
    [InlineData("FR", "fr")]
    [InlineData("fr-CH", "fr")]
    [InlineData("fr-CH, fr;q=0.9, en;q=0.8", "fr")]
    [InlineData("fr;q=0.9", "fr")]
    [InlineData("de", "en")]
    [InlineData("de-DE, fr;q=0.5", "fr")]
    [InlineData("de,it", "en")]
    [InlineData("en-US,fr", "en")]
    [InlineData("*", "en")]
    [InlineData(", ;, -", "en")]
    [InlineData("frisian", "en")]
    public void Texts_ByAcceptLanguage_AreInTheFirstLanguageThePackHas(string? wish, string expected) =>
        Assert.Equal(expected, Pack.Texts(wish).Language);

    [Fact]
    public void Languages_OfTheBuiltInPack_AreEnglishAndFrench() => Assert.Equal(["en", "fr"], Pack.Languages.Order());

    [Fact]
    public void Texts_InFrench_AreThereExactlyWhereTheEnglishOnesAre()
    {
        var (english, french) = (Pack.Texts("en"), Pack.Texts("fr"));

        var keys = Keys().ToList();

        Assert.True(keys.Count > 1000);
        Assert.DoesNotContain(keys, key => english[key.Kind, key.Id, key.Field].Length > 0
            != french[key.Kind, key.Id, key.Field].Length > 0);
        Assert.DoesNotContain(keys, key => !key.Optional && english[key.Kind, key.Id, key.Field].Length == 0);
    }

    [Fact]
    public void Texts_OfAnUnknownId_AreEmpty() => Assert.Empty(Pack.Texts()[TextKind.Cause, "zzz", "name"]);

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Questions_ToThePatient_EndWithAQuestionMark(string language) =>
        Assert.All(Questions(language), question => Assert.EndsWith("?", question, StringComparison.Ordinal));

    [Fact]
    public void Questions_ToThePatient_AreReadableAtGradeEight()
    {
        var grades = Questions("en").Select(Grade).ToList();

        Assert.True(grades.Average() <= 8, $"The mean Flesch-Kincaid grade is {grades.Average():0.0}.");
    }

    [Fact]
    public void Decisions_WithoutTheFrenchTexts_AreTheSame()
    {
        var english = KnowledgePack.Read(
            [.. PackFile.BuiltIn().Where(file => !file.Path.StartsWith("fr/", StringComparison.Ordinal))]);
        var now = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        var report = Knowledge.Findings.Where(finding => finding.Kind == FindingKind.Boolean)
            .Select(
                (finding, i) => new Observation(finding.Id, i % 3 == 0 ? Presence.Present : Presence.Absent, null, [],
                    now));
        var histories = ClinicalCase.Group(report);

        var both = Assessor.Assess(ClinicalCase.Build(Knowledge, histories, now));
        var one = Assessor.Assess(ClinicalCase.Build(english.Knowledge, histories, now));

        Assert.Equal(["en"], english.Languages);
        Assert.Equal(both.Disposition, one.Disposition);
        Assert.Equal(both.RedFlags.ToArray(), one.RedFlags.ToArray());
        Assert.Equal(both.Ranking.ToArray(), one.Ranking.ToArray());
    }

    private static IEnumerable<string> Questions(string language) => Knowledge.Findings
        .Where(finding => finding.AnsweredBy == AnsweredBy.Patient)
        .Select(finding => Pack.Texts(language)[TextKind.Finding, finding.Id, "question"]);

    private static IEnumerable<(TextKind Kind, string Id, string Field, bool Optional)> Keys() =>
    [
        .. Knowledge.Findings.SelectMany(finding => Of(TextKind.Finding, finding.Id,
            ["question", "definition", .. finding.Options.Select(option => "option:" + option)])),
        .. Knowledge.Causes.SelectMany(cause => Of(TextKind.Cause, cause.Id, ["name", "definition"])),
        .. Knowledge.RedFlags.SelectMany(rule => Of(TextKind.RedFlag, rule.Id, ["title", "because"])),
        .. Knowledge.Scores.SelectMany(score => Of(TextKind.Score, score.Id, ["name", "meaning", "not_valid"])),
        .. Knowledge.Examinations.SelectMany(exam => Of(TextKind.Examination, exam.Id, ["name", "accuracy", "when"])),
        .. Knowledge.Advice.SelectMany(advice => Of(TextKind.Advice, advice.Id, ["do", "do_not"])),
        .. Levels.SelectMany(urgency => Of(TextKind.Urgency, urgency, ["name", "act"])),
    ];

    private static IEnumerable<(TextKind, string, string, bool)> Of(TextKind kind, string id, string[] fields) =>
        fields.Select(field => (kind, id, field, field is "not_valid" or "do_not"));

    /// <summary>The Flesch-Kincaid grade, with syllables counted as runs of vowels and a final e left out.</summary>
    private static double Grade(string question)
    {
        var words = Words().Matches(question).Select(match => match.Value).ToList();
        var stops = Math.Max(1, question.Count(c => c is '.' or '?' or ':'));
        return (0.39 * words.Count / stops) + (11.8 * words.Sum(Syllables) / words.Count) - 15.59;
    }

    private static int Syllables(string word)
    {
        var lower = word.ToLowerInvariant();
        return Math.Max(1, Vowels().Count(lower.EndsWith('e') ? lower[..^1] : lower));
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Words();

    [GeneratedRegex("[aeiouy]+")]
    private static partial Regex Vowels();
}
