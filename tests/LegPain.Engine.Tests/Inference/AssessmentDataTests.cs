using LegPain.Engine.Inference;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

public sealed class AssessmentDataTests
{
    [Fact]
    public void FromData_OfAnAssessmentMadeWithOtherKnowledge_IsRefused()
    {
        var data = PackCases.Assess(PackCases.Benign).ToData();

        Assert.Throws<ArgumentException>(() => Assessment.FromData(data, new SmallKnowledge().Build()));
    }

    [Fact]
    public void FromData_OfAnAssessment_IsThatAssessment()
    {
        var assessment = PackCases.Assess(PackCases.Benign);

        Assert.Equal(
            PackCases.Describe(assessment),
            PackCases.Describe(Assessment.FromData(assessment.ToData(), PackCases.Knowledge)));
    }
}
