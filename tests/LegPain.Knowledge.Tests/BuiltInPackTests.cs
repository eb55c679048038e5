using System.Text.RegularExpressions;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Knowledge.Tests;

/// <summary>The pack that is built in: it reads, and holds what the clinical tables hold.</summary>
public sealed partial class BuiltInPackTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgePack.BuiltIn.Knowledge;

    [Fact]
    public void Read_OfTheBuiltInPack_FindsNoFault() => Assert.NotNull(KnowledgePack.Read(PackFile.BuiltIn()));

    [Fact]
    public void Counts_OfTheBuiltInPack_AreTheReviewedOnes()
    {
        Assert.Equal(306, Knowledge.Findings.Count);
        Assert.Equal(73, Knowledge.Causes.Count);
        Assert.Equal(28, Knowledge.Causes.Count(cause => cause.SeedNumber is not null));
        Assert.Equal(1999, Knowledge.Evidence.Count);
        Assert.Equal(100, Knowledge.RedFlags.Count);
        Assert.Equal(22, Knowledge.Scores.Count);
        Assert.Equal(59, Knowledge.Examinations.Count);
        Assert.Equal(91, Knowledge.Advice.Count);
        Assert.Equal(287, Knowledge.Sources.Count);
    }

    [Fact]
    public void Ids_OfEachKind_AreUnique()
    {
        Unique(Knowledge.Findings.Select(finding => finding.Id));
        Unique(Knowledge.Causes.Select(cause => cause.Id));
        Unique(Knowledge.RedFlags.Select(rule => rule.Id));
        Unique(Knowledge.Scores.Select(score => score.Id));
        Unique(Knowledge.Examinations.Select(examination => examination.Id));
        Unique(Knowledge.Advice.Select(advice => advice.Id));
        Unique(Knowledge.Sources.Select(source => source.Key));
    }

    [Fact]
    public void Indices_OfEachKind_AreThePositions()
    {
        Positions(Knowledge.Findings.Select(finding => finding.Index));
        Positions(Knowledge.Causes.Select(cause => cause.Index));
        Positions(Knowledge.Evidence.Select(row => row.Index));
        Positions(Knowledge.RedFlags.Select(rule => rule.Index));
        Positions(Knowledge.Scores.Select(score => score.Index));
        Positions(Knowledge.Examinations.Select(examination => examination.Index));
        Positions(Knowledge.Advice.Select(advice => advice.Index));
        Assert.All(Knowledge.Causes, cause => Assert.All(cause.Evidence, row => Assert.Equal(cause.Index, row.Cause)));
    }

    [Fact]
    public void RedFlags_OfTheBuiltInPack_AreMostUrgentFirst()
    {
        var urgencies = Knowledge.RedFlags.Select(rule => rule.Urgency).ToList();

        Assert.Equal(urgencies.OrderDescending(), urgencies);
        Assert.All(Knowledge.RedFlags, rule => Assert.NotEmpty(rule.Findings.Concat(
            rule.When.SelfAndParts().Where(part => part.Score is not null)
                .SelectMany(part => Knowledge.Scores[part.Score!.Value].Findings)
                    .Select(at => Knowledge.Findings[at]))));
    }

    [Fact]
    public void Causes_OfTheFoundingArticle_ComeFirstAndInItsOrder()
    {
        var numbers = Knowledge.Causes.Select(cause => cause.SeedNumber).ToList();

        Assert.DoesNotContain(null, numbers[..28]);
        Assert.All(numbers[28..], Assert.Null);
        Assert.Equal("1", numbers[0]!.Split('.')[0]);
        var whole = numbers[..28].Select(number => int.Parse(number!.Split('.')[0], provider: null)).ToList();
        Assert.Equal(whole.Order(), whole);
    }

    [Fact]
    public void Findings_ThatOutliveAnEpisode_AskNothingOfItsTimeOrPlace()
    {
        var told = Knowledge.Findings.Where(finding => finding.OutlivesEpisode && EpisodeWords().IsMatch(
            KnowledgePack.BuiltIn.Texts("en")[TextKind.Finding, finding.Id, "question"] + " "
            + KnowledgePack.BuiltIn.Texts("en")[TextKind.Finding, finding.Id, "definition"]));

        Assert.Empty(told.Select(finding => finding.Id));
    }

    [Theory]
    [InlineData("already-diagnosed")]
    [InlineData("recent-surgery")]
    [InlineData("joint-prosthesis")]
    [InlineData("anticoagulant-use")]
    public void Findings_OfOneEpisode_EndWithItAndAreStillNoSign(string id)
    {
        var finding = Knowledge.FindFinding(id)!;

        Assert.False(finding.OutlivesEpisode);
        Assert.True(finding.Group.OutlivesEpisode);
    }

    [Fact]
    public void UrgencyLevels_OfTheBuiltInPack_AreAllThere()
    {
        Assert.All(Enum.GetValues<Urgency>(), urgency => Assert.Equal(urgency, Knowledge.LevelOf(urgency).Urgency));
        Assert.Null(Knowledge.LevelOf(Urgency.SelfCare).ActWithin);
        Assert.Equal(TimeSpan.Zero, Knowledge.LevelOf(Urgency.Immediate).ActWithin);
        Assert.Equal(TimeSpan.FromHours(24), Knowledge.LevelOf(Urgency.SameDay).ActWithin);
        Assert.Equal(TimeSpan.FromDays(14), Knowledge.LevelOf(Urgency.Soon).ActWithin);
    }

    [Fact]
    public void Read_OfTheSamePackFromAFolder_HasTheSameHash()
    {
        var folder = Directory.CreateTempSubdirectory("legpain-pack-").FullName;
        try
        {
            foreach (var file in PackFile.BuiltIn())
            {
                var path = Path.Combine(folder, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Content);
            }

            var files = PackFile.InFolder(folder);

            Assert.Equal(PackFile.BuiltIn(), files);
            Assert.Equal(Knowledge.Hash, KnowledgePack.Read(files).Knowledge.Hash);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void InFolder_OfAFolderThatIsNotThere_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => PackFile.InFolder("/no/such/folder"));

    [Fact]
    public void Hash_OfAPack_ChangesWithAnyTextAndNotWithTheOrderOfFiles()
    {
        var edited = new PackEdit().Replace("advice.yaml", "net-immediate", "right now", "at once").Files;

        Assert.Matches("^[0-9a-f]{64}$", Knowledge.Hash);
        Assert.NotEqual(Knowledge.Hash, KnowledgePack.Read(edited).Knowledge.Hash);
        Assert.Equal(Knowledge.Hash, KnowledgePack.Read([.. PackFile.BuiltIn().Reverse()]).Knowledge.Hash);
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData(", cap: 20", 20)]
    [InlineData(", cap: 5", 5)]
    public void Ratios_PastTheCap_AreHeldAtIt(string cap, double expected)
    {
        var edited = new PackEdit().Replace("causes/gout.yaml", "finding: tophus",
            "present: 8, absent: 1", "present: 30, absent: 0.05" + cap);

        var knowledge = KnowledgePack.Read(edited.Files).Knowledge;

        var row = knowledge.Evidence.Single(row => row.Finding?.Id == "tophus" && row.RatioAbsent < 1
            && knowledge.Causes[row.Cause].Id == "gout");
        Assert.Equal(expected, row.RatioPresent, 1e-9);
        Assert.Equal(1 / expected, row.RatioAbsent, 1e-9);
    }

    [GeneratedRegex(
        @"\b(this|that|the) (pain|joint|leg|limb)\b|that hip|it hurts|recently|in recent|lately|of late|bitten"
        + @"|(last|past) (\w+ )?(weeks?|months?)|at this time|run low", RegexOptions.IgnoreCase)]
    private static partial Regex EpisodeWords();

    private static void Unique(IEnumerable<string> ids)
    {
        var all = ids.ToList();
        Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
    }

    private static void Positions(IEnumerable<int> indices)
    {
        var all = indices.ToList();
        Assert.Equal(Enumerable.Range(0, all.Count), all);
    }

    /// <remarks>
    /// That an expected sign is missing must not reassure without a figure, but where it defines the cause.
    /// </remarks>
    [Fact]
    public void MustNotMiss_AnAbsentSignWithoutAFigure_LowersOnlyWhatItDefines()
    {
        string[] defining =
        [
            "cellulitis/skin-redness", "charcot-foot/diabetes", "fracture-traumatic/trauma-recent",
            "hematoma-anticoagulant/anticoagulant-use", "slipped-epiphysis/age",
        ];

        var strong = Knowledge.Evidence.Where(row => Knowledge.Causes[row.Cause].MustNotMiss
            && row.RatioAbsent < 0.3 && (row.Basis is Basis.Ordinal or Basis.Memory)
            && row.Finding is { AnsweredBy: AnsweredBy.Patient or AnsweredBy.Clinician }
            && row.CorrelatedGroup != "test-result");

        Assert.Subset(defining.ToHashSet(),
            strong.Select(row => $"{Knowledge.Causes[row.Cause].Id}/{row.Finding!.Id}").ToHashSet());
    }
}
