using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

/// <summary>A new sign in an old illness is never taken for an old one.</summary>
public sealed class NewSignTests
{
    private static readonly KnowledgeBase Knowledge = PackCases.Knowledge;

    [Theory]
    [InlineData(1, Truth.True)]
    [InlineData(null, Truth.Unknown)]
    public void SwollenJoint_InOldPolyarthritis_CountsByItsOwnBeginning(int? days, Truth expected) =>
        Assert.Equal(expected, StateOf("septic-joint", Number("symptom-duration", 900), Number("joints-affected", 3),
            Present("joint-hot"), Present("joint-swelling", days)));

    [Theory]
    [InlineData(1, Truth.True)]
    [InlineData(null, Truth.Unknown)]
    public void FeverWithASwollenJoint_InOldPolyarthritis_CountsByItsOwnBeginning(int? days, Truth expected) =>
        Assert.Equal(expected, StateOf("septic-joint-ill", Number("symptom-duration", 900),
            Number("joints-affected", 6), Present("fever"), Present("joint-swelling", days)));

    [Theory]
    [InlineData(1, Truth.True)]
    [InlineData(null, Truth.Unknown)]
    public void Numbness_InALegLongWithoutAPulse_CountsByItsOwnBeginning(int? days, Truth expected) =>
        Assert.Equal(expected, StateOf("acute-limb-ischemia-threatened", Number("symptom-duration", 400),
            Option("leg-pulses", "absent"), Option("numbness-tingling", "whole-foot", days)));

    [Theory]
    [InlineData(1, Truth.True)]
    [InlineData(null, Truth.Unknown)]
    public void HeatOfAnArtificialJoint_ThatHasLongHurt_CountsByItsOwnBeginning(int? days, Truth expected) =>
        Assert.Equal(expected, StateOf("prosthetic-joint", Number("symptom-duration", 400),
            Present("joint-prosthesis"), Present("joint-hot", days)));

    [Theory]
    [InlineData("recent-surgery")]
    [InlineData("cancer-active")]
    [InlineData("long-travel")]
    public void CalfPain_ThatIsOld_StillCountsWithAFreshRisk(string risk) =>
        Assert.Equal(Truth.True, StateOf(
            "dvt-suspected", Number("symptom-duration", 700), Present("loc-calf"), Present(risk)));

    [Fact]
    public void FallOntoTheHip_FeltInTheKnee_IsAHipFractureUntilShown() =>
        Assert.Equal(Truth.True, StateOf("hip-fracture", Number("age", 82),
            Option("trauma-mechanism", "low-energy-fall"),
            Present("cannot-lift-straight-leg"), Present("loc-knee"), Present("loc-foot")));

    private static Truth StateOf(string rule, params Observation[] report) =>
        PackCases.Assess(report).RedFlags[Knowledge.RedFlags.Single(one => one.Id == rule).Index];

    private static Observation Present(string finding, int? startedDaysAgo = null) => new(
        finding, Presence.Present, null, [], PackCases.Now,
        startedDaysAgo is { } days ? PackCases.Now.AddDays(-days) : null);

    private static Observation Option(string finding, string option, int? startedDaysAgo = null) =>
        Present(finding, startedDaysAgo) with { Options = [option] };

    private static Observation Number(string finding, double value) => Present(finding) with { Number = value };
}
