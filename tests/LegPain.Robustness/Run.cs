using LegPain.Robustness.Checking;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;
using LegPain.Robustness.Nemeses;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness;

/// <summary>What became of one nemesis.</summary>
/// <param name="Nemesis">The nemesis.</param>
/// <param name="Seed">The seed of every choice in it.</param>
/// <param name="Faults">How many faults there were.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="DidBite">Whether the sign of the nemesis was seen.</param>
/// <param name="Folder">Where histories and logs are.</param>
internal sealed record RunResult(
    Nemesis Nemesis, int Seed, int Faults, Verdict Verdict, bool DidBite, RunFolder Folder)
{
    private const int AcknowledgedMin = 100;

    /// <summary>Gets why it proves less than it should, whatever was violated; empty when it does not.</summary>
    public IReadOnlyList<string> Shortfalls =>
    [
        .. When(!DidBite, $"the fault did not bite: never {Nemesis.Sign?.Says}"),
        .. When(Verdict.Acknowledged < AcknowledgedMin, $"only {Verdict.Acknowledged} acknowledged writes"),
        .. When(
            Nemesis.RecoveryMax is not null && Verdict.RecoveryWithin(1) is null,
            "no patient felt it, so that no recovery was seen"),
    ];

    /// <summary>Gets whether nothing was violated, and enough was seen to say so.</summary>
    public bool Passed => Verdict.Violations.Count == 0 && Shortfalls.Count == 0;

    private static IEnumerable<string> When(bool condition, string text) => condition ? [text] : [];
}

/// <summary>Builds servers, loads them, lets a nemesis loose, stops everything, and judges.</summary>
internal static class Run
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Where nothing is promised, later than this is never.</summary>
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    /// <summary>Runs one nemesis.</summary>
    /// <param name="nemesis">The nemesis.</param>
    /// <param name="length">How long the faults go on.</param>
    /// <param name="seed">The seed of every choice.</param>
    /// <param name="atLeast">How many faults there are at least, however long it takes.</param>
    /// <param name="shape">How much load.</param>
    /// <exception cref="HarnessException">The run could not be made; nothing is known of the servers.</exception>
    public static async Task<RunResult> RunAsync(
        Nemesis nemesis, TimeSpan length, int seed, int atLeast, LoadShape shape)
    {
        var folder = new RunFolder(nemesis.Name);
        await using var rig = await Rig.BuildAsync(folder, nemesis.Shape);
        using var history = new HistoryFolder(folder.Of("history"));
        using var load = new Load(rig.Nodes, history, seed, shape, nemesis.Habits);
        var trouble = new Trouble(rig, load, seed, length, atLeast, nemesis.RecoveryMax ?? RecoveryMax);
        load.Start();
        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);

        await nemesis.DisturbAsync(trouble);
        await load.SettleAsync();
        var stopping = trouble.Now;
        if (await rig.StopNodesAsync() is var took && took >= ServerNode.StopMax)
        {
            trouble.Remark(new(
                "end of the run", stopping, trouble.Now,
                Broke: $"a node that was asked to stop had to be killed after {took.TotalSeconds:0} s"));
        }

        history.Close(await FinalState.ReadAsync(rig, load.Patients));
        var evidence = HistoryFolder.Read(history.Path);
        return new(
            nemesis, seed, trouble.Count, Judge.Of(evidence), nemesis.Sign?.IsSeen(evidence) ?? true, folder);
    }
}
