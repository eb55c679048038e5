using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Benchmarks;

/// <summary>The engine alone: from the answers to the assessment.</summary>
[MemoryDiagnoser]
public class AssessBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private IReadOnlyCollection<FindingHistory> _histories = [];
    private ClinicalCase _case = null!;
    private object _sink = null!;

    /// <summary>How much is known: a first report, a worked patient, a thorough interview, every finding.</summary>
    [Params("first-report", "vignette", "interview", "every-finding")]
    public string Known { get; set; } = "interview";

    [GlobalSetup]
    public void Setup()
    {
        _histories = ClinicalCase.Group(SampleCases.Of(Known, KnowledgePack.BuiltIn.Knowledge, Now));
        _case = ClinicalCase.Build(KnowledgePack.BuiltIn.Knowledge, _histories, Now);
    }

    /// <summary>What is asked of the engine: 10 us and no allocation beyond the result.</summary>
    [Benchmark(Baseline = true)]
    public Assessment Assess() => Assessor.Assess(_case);

    /// <summary>The ceiling of the same run: the arrays of the result, allocated and nothing computed.</summary>
    [Benchmark]
    public object ResultOnly()
    {
        var knowledge = _case.Knowledge;
        var assessment = _sink as Assessment ?? Assessor.Assess(_case);
        _sink = assessment;
        return (new Truth[knowledge.RedFlags.Count], new ScoreRange[knowledge.Scores.Count],
            new RankedCause[assessment.Ranking.Length], new Contribution[assessment.Contributions.Length]);
    }

    [Benchmark]
    public ClinicalCase BuildCase() => ClinicalCase.Build(KnowledgePack.BuiltIn.Knowledge, _histories, Now);
}

/// <summary>Few iterations in this process: enough for a ratio.</summary>
public sealed class QuickConfig : ManualConfig
{
    public QuickConfig()
    {
        Add(DefaultConfig.Instance);
        AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        WithOptions(ConfigOptions.DisableLogFile);
        WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
    }
}
