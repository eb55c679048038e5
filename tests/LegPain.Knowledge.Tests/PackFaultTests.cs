using Xunit;

namespace LegPain.Knowledge.Tests;

/// <summary>Each fault of a pack, from a copy with one thing broken, at its file and line.</summary>
public sealed class PackFaultTests
{
    private const string Soon = "red-flags/soon.yaml";
    private const string Ulcer = "id: foot-ulcer-two-weeks";
    private const string Foot = "scores/ottawa-foot.yaml";

    private static readonly Broken[] Cases =
    [
        new(PackFaultCode.Syntax, Foot, "id: ottawa-foot", "combine: sum", "combine: @sum") { Others = true },
        new(
            PackFaultCode.MissingField, Soon, Ulcer,
            "  title: Sore on the foot for two weeks, or with pain that long\n", "", Ulcer)
        {
            Others = true,
        },
        new(PackFaultCode.UnknownField, Soon, Ulcer, "act_within: 7d", "act_within: 7d\n  color: red", "color: red"),
        new(PackFaultCode.BadValue, Foot, "id: ottawa-foot", "combine: sum", "combine: product"),
        new(PackFaultCode.BadValue, Soon, Ulcer, "act_within: 7d", "act_within: 7w"),
        new(PackFaultCode.BadValue, Soon, Ulcer, "act_within: 7d", "act_within: 99999999d"),
        new(PackFaultCode.BadValue, Soon, Ulcer, "urgency: soon", "urgency: self-care"),
        new(PackFaultCode.BadValue, "findings/general.yaml", "id: fever", "kind: boolean",
            "kind: boolean\n  ends_with_episode: true", "ends_with_episode"),
        new(PackFaultCode.BadBound, Soon, Ulcer, "act_within: 7d", "act_within: 15d"),
        new(PackFaultCode.BadBound, "advice.yaml", "id: net-soon", "urgencies: [soon]",
            "urgencies: [soon]\n  at_most: routine", "at_most: routine"),
        new(PackFaultCode.BadValue, "advice.yaml", "id: gout-care", "not_with: [", "not_with: [gout, "),
        new(PackFaultCode.UnknownId, "advice.yaml", "id: gout-care", "not_with: [", "not_with: [goat, "),
        new(PackFaultCode.BadBound, "causes/gout.yaml", "finding: tophus", "present: 8", "present: 31",
            "finding: tophus"),
        new(PackFaultCode.BadBound, "causes/gout.yaml", "finding: tophus", "absent: 1", "absent: 3", "finding: tophus"),
        new(PackFaultCode.UnknownId, Soon, Ulcer, "source: [GVG19]", "source: [Nobody99]"),
        new(PackFaultCode.UnknownId, Soon, Ulcer, "skin-break=foot-ulcer", "skin-hole=foot-ulcer"),
        new(PackFaultCode.UnknownId, Soon, Ulcer, "osteomyelitis", "osteomielitis"),
        new(PackFaultCode.UnknownId, Soon, "id: claudication-severe", "worse-walking", "worse-wlking"),
        new(PackFaultCode.UnknownId, "causes/gout.yaml", "sites:", "site: loc-ankle", "site: fever"),
        new(PackFaultCode.Duplicate, "causes/gout.yaml", "finding: pain-severity", "value: unbearable,",
            "value: severe, cap: 9,"),
        new(PackFaultCode.Duplicate, "sources.yaml", "key: Abbott11", "- key: AchillesArticle",
            "- {key: Abbott11, title: Again, publisher: Nobody, read: full, grade: A}\n\n- key: AchillesArticle"),
        new(PackFaultCode.MissingSource, Soon, Ulcer, "source: [GVG19]", "source: []"),
        new(PackFaultCode.BadCondition, Soon, Ulcer, "foot-ulcer, 14d", "foot-ulcer, 1.5d"),
        new(PackFaultCode.BadCondition, Soon, Ulcer, "foot-ulcer, 14d", "toe-ulcer, 14d"),
        new(PackFaultCode.BadCondition, Soon, "id: claudication-severe", "all(claudication-distance<10000",
            "all(age>1 age"),
        new(PackFaultCode.BadCondition, "findings/general.yaml", "id: fever", "when: temperature>=38",
            "when: statin-use"),
        new(PackFaultCode.BadCondition, "findings/general.yaml", "id: fever", "when: temperature>=38",
            "when: score(kocher)>=1"),
        new(PackFaultCode.MissingSource, "findings/general.yaml", "id: fever", "source: [Judgment]", "source: []"),
        new(PackFaultCode.CyclicScore, Foot, "items:", "when: tender-midfoot-bone", "when: score(ottawa-foot)>=1",
            "items:"),
        new(PackFaultCode.UnreachableRedFlag, Soon, "id: abpi-severe", "any(abpi<0.5, leg-pulses=absent)",
            "all(abpi<0.5, abpi>0.6)"),
        new(PackFaultCode.Text, "fr/findings.yaml", "loc-buttock:", "  question: \"Avez-vous mal à la fesse ?\"\n", "",
            "loc-buttock:"),
        new(PackFaultCode.Text, "fr/causes.yaml", "fracture-traumatic:", "  name: ", "  title: x\n  name: ",
            "fracture-traumatic:"),
        new(PackFaultCode.Unguarded, "causes/growing-pains.yaml", "id:", "must_not_miss: false", "must_not_miss: true",
            "id:"),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Read_OfABrokenPack_NamesTheFileAndLine(int at)
    {
        var broken = Cases[at];
        var edit = new PackEdit().Replace(broken.File, broken.After, broken.Old, broken.New);
        var line = broken.LineText is { } text
            ? edit.LineOf(broken.File, text, text)
            : edit.LineOf(broken.File, broken.After, broken.New);

        var faults = edit.Faults();

        if (!broken.Others)
        {
            faults = [.. faults.DistinctBy(fault => (fault.File, fault.Line, fault.Code))];
            Assert.Single(faults);
        }

        Assert.Contains((broken.File, line, broken.Code), faults.Select(fault => (fault.File, fault.Line, fault.Code)));
    }

    [Fact]
    public void Cases_OfBrokenPacks_CoverEveryCode() =>
        Assert.Equal(Enum.GetValues<PackFaultCode>(), Cases.Select(broken => broken.Code).Distinct().Order());

    [Fact]
    public void Codes_OfFaults_AreUniqueAndWithoutGaps()
    {
        var values = Enum.GetNames<PackFaultCode>().Select(name => (int)Enum.Parse<PackFaultCode>(name)).ToList();

        Assert.Equal(Enumerable.Range(1, 13), values.Order());
    }

    [Fact]
    public void ToString_OfAFault_IsWhatEditorsLink() =>
        Assert.Equal("advice.yaml:7: KB003 No.", new PackFault("advice.yaml", 7, PackFaultCode.UnknownField, "No.")
            .ToString());

    [Fact]
    public void Read_OfAPackBrokenInSeveralFiles_NamesAllSortedByFileAndLine()
    {
        var edit = new PackEdit()
            .Replace(Soon, "id: abpi-severe", "source: [AHA16]", "source: []")
            .Replace(Soon, Ulcer, "act_within: 7d", "act_within: 15d")
            .Replace(Foot, "id:", "combine: sum", "combine: product")
            .Replace("fr/findings.yaml", "loc-buttock:", "  question: \"Avez-vous mal à la fesse ?\"\n", "")
            .Replace("advice.yaml", "id: net-soon", "urgencies: [soon]", "urgencies: [later]");

        var faults = edit.Faults();

        Assert.Equal(
            [
                ("advice.yaml", PackFaultCode.MissingField),
                ("advice.yaml", PackFaultCode.BadValue),
                ("fr/findings.yaml", PackFaultCode.Text),
                (Soon, PackFaultCode.BadBound),
                (Soon, PackFaultCode.MissingSource),
                (Foot, PackFaultCode.BadValue),
            ],
            faults.Select(fault => (fault.File, fault.Code)));
        Assert.Equal(
            faults.OrderBy(fault => fault.File, StringComparer.Ordinal).ThenBy(fault => fault.Line), faults);
    }

    [Fact]
    public void Read_OfAPackWithoutItsHeader_SaysSo()
    {
        var fault = Assert.Single(new PackEdit().Remove("pack.yaml").Faults());

        Assert.Equal(("pack.yaml", 1, PackFaultCode.MissingField), (fault.File, fault.Line, fault.Code));
    }

    [Fact]
    public void Read_OfAPackWhoseHeaderIsNoYaml_SaysOnlyThat()
    {
        var fault = Assert.Single(new PackEdit().Write("pack.yaml", "id: [").Faults());

        Assert.Equal(PackFaultCode.Syntax, fault.Code);
    }

    [Fact]
    public void Read_OfNoFiles_SaysThatTheHeaderIsMissing() =>
        Assert.Single(Assert.Throws<PackException>(() => KnowledgePack.Read([])).Faults);

    [Theory]
    [InlineData("urgencies:", "- id: routine", "- id: soon", PackFaultCode.Duplicate)]
    [InlineData("urgencies:", "- id: routine", "- id: soon", PackFaultCode.MissingField)]
    [InlineData("groups:", "{id: onset}", "{id: location}", PackFaultCode.Duplicate)]
    [InlineData("model:", "age: age", "age: sex", PackFaultCode.UnknownId)]
    [InlineData("model:", "ranking_urgency_max: soon", "ranking_urgency_max: never", PackFaultCode.BadValue)]
    public void Read_OfABrokenHeader_NamesTheFault(string after, string old, string text, PackFaultCode code)
    {
        var faults = new PackEdit().Replace("pack.yaml", after, old, text).Faults();

        Assert.Contains(faults, fault => fault.File == "pack.yaml" && fault.Code == code);
    }

    /// <summary>
    /// Cuts, doubles and blanks lines here and there, by a fixed seed: a pack is read or has faults, never a crash.
    /// </summary>
    [Fact]
    public void Read_OfAPackWithRandomDamage_NeverThrowsAnythingElse()
    {
        const int Seed = 8812;
        var random = new Random(Seed);
        var files = PackFile.BuiltIn();
        for (var round = 0; round < 40; round++)
        {
            var at = random.Next(files.Count);
            var lines = files[at].Content.Split('\n').ToList();
            var line = random.Next(lines.Count);
            var old = lines[line];
            lines[line] = random.Next(4) switch
            {
                0 => string.Empty,
                1 => old + "\n" + old,
                2 => old[..(old.Length / 2)],
                _ => old.Replace(": ", ": -1", StringComparison.Ordinal),
            };
            var damaged = files.ToList();
            damaged[at] = files[at] with { Content = string.Join('\n', lines) };

            var thrown = Record.Exception(() => KnowledgePack.Read(damaged));

            Assert.True(thrown is null or PackException, $"Round {round}, {files[at].Path}:{line + 1}: {thrown}");
        }
    }

    /// <summary>One edit, the fault it makes, and where: at the new text, or at another.</summary>
    private sealed record Broken(
        PackFaultCode Code, string File, string After, string Old, string New, string? LineText = null)
    {
        /// <summary>Gets whether the edit may break other things as well.</summary>
        public bool Others { get; init; }
    }
}
