using LegPain.Engine.Knowledge;
using LegPain.Knowledge;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Admission;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Admission;

/// <summary>Which reports are the last to be refused, with the built-in pack.</summary>
public sealed class UrgentReportsTests
{
    private readonly UrgentReports _urgent =
        new(new KnowledgeLibrary(KnowledgePack.BuiltIn.Knowledge, []), TimeProvider.System);

    public static TheoryData<Observation, bool> OneEach => new()
    {
        { Present("urinary-retention"), true },
        { Absent("urinary-retention"), false },
        { Number("temperature", 39), true },
        { Number("temperature", 36.8), false },
        { Option("leg-swelling", "one-whole-leg"), true },
        { Option("leg-swelling", "none"), false },
        { Number("pain-intensity", 9), false },
        { Number("age", 80), false },
        { Present("loc-knee"), false },
        { Present("smoker"), false },
        { Present("no-such-finding"), false },
    };

    [Theory]
    [MemberData(nameof(OneEach))]
    public void Report_OfOneObservation_IsUrgentWhenItIsASign(Observation observation, bool isUrgent) =>
        Assert.Equal(isUrgent, _urgent.Contains([observation]));

    [Fact]
    public void Report_ThatRaisesARedFlagWithoutASignOfIts_IsUrgent()
    {
        var (place, relief) = (Present("loc-forefoot-toes"), Present("eased-by-hanging-leg"));

        Assert.False(_urgent.Contains([place]));
        Assert.False(_urgent.Contains([relief]));
        Assert.True(_urgent.Contains([place, relief]));
    }

    [Fact]
    public void Report_WithASignAmongMuchElse_IsUrgent() =>
        Assert.True(_urgent.Contains(
            [Number("age", 40), Present("loc-knee"), Absent("rigors"), Present(""), Present("fever")]));

    [Fact]
    public void Report_OfNothingOrTooMuch_IsNot()
    {
        Assert.False(_urgent.Contains([]));
        Assert.False(_urgent.Contains([.. Enumerable.Repeat(Present("fever"), 101)]));
    }
}
