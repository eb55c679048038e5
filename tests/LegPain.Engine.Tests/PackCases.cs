using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Engine.Tests;

/// <summary>Random reports that are valid for the built-in pack.</summary>
internal static class PackCases
{
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<Observation[]> LazyBenign = new(FindBenign);

    private static readonly Lazy<HashSet<string>> Watched = new(() => [.. Knowledge!.RedFlags
        .SelectMany(rule => rule.When.SelfAndParts())
        .Where(part => part.ToString()!.StartsWith("worsening(", StringComparison.Ordinal))
        .Select(part => part.Finding!.Id)]);

    public static KnowledgeBase Knowledge { get; } = KnowledgePack.BuiltIn.Knowledge;

    private static Gen<Observation>[] ByFinding { get; } = [.. Knowledge.Findings.Select(OfFinding)];

    public static Gen<Observation> Any { get; } = Gen.Int[0, ByFinding.Length - 1].SelectMany(index =>
        ByFinding[index]);

    /// <summary>From nothing known to nearly everything; each finding once at most.</summary>
    public static Gen<Observation[]> Sparse { get; } = Gen.Frequency(
        (2, Any.Array[0, 12]), (3, Any.Array[10, 60]), (1, Any.Array[100, 600])).Select(OncePerFinding);

    /// <summary>
    /// Nearly every red flag is cleared: all is answered as harmlessly as can be, but for a few findings.
    /// </summary>
    public static Gen<Observation[]> NearlyCleared { get; } = Gen.Select(
        Any.Array[0, 4], Gen.Int[0, Knowledge.Findings.Count - 1].Array[0, 3], (changed, unanswered) =>
            OncePerFinding(changed.Concat(Benign.Reverse()))
                .SelectMany<Observation, Observation>(observation => [.. Earlier(observation), observation])
                .Where(observation => !unanswered.Contains(IndexOf(observation.Finding))).ToArray());

    public static Gen<Observation[]> Cases { get; } = Gen.Frequency((3, Sparse), (1, NearlyCleared));

    /// <summary>Reports in which findings come more than once, each time at a time of its own.</summary>
    public static Gen<Observation[]> Histories { get; } = Any.Array[0, 120].Select(report =>
        report.DistinctBy(observation => (observation.Finding, observation.ObservedAt)).ToArray());

    /// <summary>Answers for every finding, chosen so that as many red flags as possible are cleared.</summary>
    public static Observation[] Benign => LazyBenign.Value;

    public static int IndexOf(string finding) => Knowledge.FindFinding(finding)!.Index;

    public static Gen<Observation> Of(Finding finding) => ByFinding[finding.Index];

    public static ClinicalCase ToCase(IEnumerable<Observation> report, DateTimeOffset? at = null) =>
        ClinicalCase.Build(Knowledge, ClinicalCase.Group(report), at ?? Now);

    public static Assessment Assess(IEnumerable<Observation> report, DateTimeOffset? at = null) =>
        Assessor.Assess(ToCase(report, at));

    public static string Print(Observation[] report) => string.Join("; ", report.Select(o =>
        FormattableString.Invariant($"{o.Finding} {o.Presence} {o.Number} {string.Join('|', o.Options)} ")
        + FormattableString.Invariant(
            $"{(Now - o.ObservedAt).TotalDays}d ago, since {(Now - o.StartedAt)?.TotalDays}d")));

    /// <summary>Every field of an assessment, in order, so that two can be compared.</summary>
    public static string Describe(Assessment assessment) => string.Join(
        '\n',
        [
            assessment.Disposition.ToString(),
            string.Join(' ', assessment.RedFlags.ToArray()),
            string.Join(' ', assessment.Scores.ToArray()),
            .. assessment.Ranking.ToArray().Select(ranked => ranked.ToString()),
            .. assessment.Contributions.ToArray().Select(contribution => contribution.ToString()),
        ]);

    /// <summary>The same value a week before, where a rule asks whether it gets worse.</summary>
    private static IEnumerable<Observation> Earlier(Observation observation) =>
        Watched.Value.Contains(observation.Finding)
        ? [observation with { ObservedAt = observation.ObservedAt.AddDays(-7), StartedAt = null }]
        : [];

    private static Observation[] OncePerFinding(IEnumerable<Observation> report) =>
        [.. report.DistinctBy(observation => observation.Finding)];

    private static Gen<Observation> OfFinding(Finding finding)
    {
        var present = Present(finding);
        var answer = CanBeAbsent(finding)
            ? Gen.OneOf(present, Gen.Const(new Observation(finding.Id, Presence.Absent, null, [], Now)))
            : present;
        return Gen.Select(
            answer,
            Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 90])),
            Gen.Frequency((2, Gen.Const(-1)), (1, Gen.Int[0, 100])),
            (said, daysAgo, startedBefore) => said with
            {
                ObservedAt = Now.AddDays(-daysAgo),
                StartedAt = startedBefore < 0 || said.Presence == Presence.Absent
                    ? null : Now.AddDays(-daysAgo - startedBefore),
            });
    }

    private static Gen<Observation> Present(Finding finding)
    {
        var present = new Observation(finding.Id, Presence.Present, null, [], Now);
        return finding.Kind switch
        {
            FindingKind.Boolean => Gen.Const(present),
            FindingKind.Number => Gen.Int[0, 200].Select(part =>
                present with { Number = finding.Minimum + ((finding.Maximum - finding.Minimum) * part / 200) }),
            FindingKind.Choice => Gen.OneOf([.. finding.Options]).Select(option => present with { Options = [option] }),
            _ => Gen.OneOf([.. finding.Options]).Array[1, 3].Select(options =>
                present with { Options = [.. options.Distinct()] }),
        };
    }

    private static bool CanBeAbsent(Finding finding) => finding.Kind is FindingKind.Boolean or FindingKind.Choices
        || finding.AbsentOption is not null;

    private static Observation[] FindBenign()
    {
        var chosen = new Dictionary<string, Observation>(StringComparer.Ordinal);
        foreach (var finding in Knowledge.Findings.Concat(Knowledge.Findings))
        {
            chosen[finding.Id] = Answers(finding).MinBy(answer =>
            {
                var without = chosen.Where(pair => pair.Key != finding.Id).Select(pair => pair.Value);
                var flags = Assess([.. without.Append(answer).SelectMany(Earlier), .. without, answer])
                    .RedFlags.ToArray();
                return (1000 * flags.Count(flag => flag == Truth.True)) + flags.Count(flag => flag == Truth.Unknown);
            })!;
        }

        return [.. chosen.Values.SelectMany<Observation, Observation>(answer => [.. Earlier(answer), answer])];
    }

    private static IEnumerable<Observation> Answers(Finding finding)
    {
        var present = new Observation(finding.Id, Presence.Present, null, [], Now);
        if (CanBeAbsent(finding))
        {
            yield return present with { Presence = Presence.Absent };
        }

        foreach (var option in finding.Options)
        {
            yield return present with { Options = [option] };
        }

        for (var part = 0; finding.Kind == FindingKind.Number && part <= 20; part++)
        {
            yield return present with { Number = finding.Minimum + ((finding.Maximum - finding.Minimum) * part / 20) };
        }

        if (finding.Kind == FindingKind.Boolean)
        {
            yield return present;
        }
    }
}
