using Google.Protobuf.Reflection;
using LegPain.Protocol.Journal.V1;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Xunit;

namespace LegPain.Conventions.Tests;

/// <summary>The buf STANDARD rules that matter most, for whoever has only the .NET SDK.</summary>
public sealed class ProtoTests
{
    private static readonly FileDescriptor[] Files =
    [
        ObservationReflection.Descriptor, AssessmentReflection.Descriptor, ErrorsReflection.Descriptor,
        ReasoningReflection.Descriptor, InterviewReflection.Descriptor, TriageServiceReflection.Descriptor,
        KnowledgeServiceReflection.Descriptor, TextReflection.Descriptor,
        EventReflection.Descriptor, SnapshotReflection.Descriptor,
    ];

    [Fact]
    public void EveryProtoFile_IsCheckedHere() =>
        Assert.Equal(
            Repository.Files(".proto", "protos")
                .Select(file => Path.GetRelativePath("protos", file.Path).Replace('\\', '/')).Order(),
            Files.Select(file => file.Name).Order());

    [Fact]
    public void EveryPackage_EndsInAVersion() =>
        Assert.All(Files, file => Assert.Matches(@"^legpain\.[a-z]+\.v[1-9][0-9]*$", file.Package));

    [Fact]
    public void EveryRpc_HasItsOwnRequestAndResponse() =>
        Assert.All(Files.SelectMany(file => file.Services).SelectMany(service => service.Methods), rpc =>
        {
            Assert.EndsWith("Service", rpc.Service.Name, StringComparison.Ordinal);
            Assert.Equal(rpc.Name + "Request", rpc.InputType.Name);
            Assert.Equal(rpc.Name + "Response", rpc.OutputType.Name);
        });

    [Fact]
    public void EveryEnum_StartsAtUnspecified() =>
        Assert.All(
            Files.SelectMany(file => file.EnumTypes.Concat(file.MessageTypes.SelectMany(message => message.EnumTypes))),
            type =>
            {
                var zero = type.FindValueByNumber(0);
                Assert.NotNull(zero);
                Assert.EndsWith("_UNSPECIFIED", zero.Name, StringComparison.Ordinal);
            });

    [Fact]
    public void EveryFieldOfThePublicApi_SaysWhetherItIsRequiredOptionalOrOutput()
    {
        var silent =
            from file in Repository.Files(".proto", "protos/legpain/triage", "protos/legpain/knowledge")
            from line in file.Lines.Index()
            where line.Item.StartsWith("  ", StringComparison.Ordinal) && line.Item.TrimEnd().EndsWith(';')
                && line.Item.Contains(" = ", StringComparison.Ordinal)
                && !line.Item.Contains("_UNSPECIFIED", StringComparison.Ordinal)
                && char.IsLower(line.Item.TrimStart()[0])
                    | line.Item.TrimStart().StartsWith("Presence ", StringComparison.Ordinal)
            let comment = string.Join(' ', file.Lines.Take(line.Index).Reverse()
                .TakeWhile(above => above.Contains("//", StringComparison.Ordinal)).Reverse())
            let inOneof = line.Item.StartsWith("    ", StringComparison.Ordinal)
            where !inOneof && !comment.Contains("Required.", StringComparison.Ordinal)
                && !comment.Contains("Optional.", StringComparison.Ordinal)
                && !comment.Contains("Output only.", StringComparison.Ordinal)
            select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";

        Assert.Empty(silent);
    }
}
