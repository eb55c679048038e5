using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using LegPain.Engine.Inference;
using LegPain.Knowledge;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Mapping;

namespace LegPain.Benchmarks;

/// <summary>From the assessment to the bytes of the answer.</summary>
[MemoryDiagnoser]
public class AnswerBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AssessmentWriter _writer = new(KnowledgePack.BuiltIn.Knowledge, KnowledgePack.BuiltIn.Texts());
    private Engine.Inference.Assessment _assessment = null!;

    [Params(AssessmentView.Basic, AssessmentView.Full)]
    public AssessmentView View { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var knowledge = KnowledgePack.BuiltIn.Knowledge;
        var observations = SampleCases.Of("first-report", knowledge, Now);
        _assessment = Assessor.Assess(ClinicalCase.Build(knowledge, ClinicalCase.Group(observations), Now));
        Console.WriteLine($"// {View}: {Write().Length} bytes on the wire");
    }

    [Benchmark(Baseline = true)]
    public byte[] Write() => Map().ToByteArray();

    [Benchmark]
    public Protocol.Triage.V1.Assessment Map() =>
        _writer.Write(_assessment, Now, null, View);
}
