using LegPain.Cli.Evaluation;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Fact]
    public void Curve_PutsEveryStatementIntoItsRange_SomethingElseToo()
    {
        var calibration = new Calibration(
            [Outcomes.Of(rank: 1, probabilities: [0.62, 0.15]), Outcomes.Of(rank: 2, probabilities: [0.66, 0.11])]);

        var stated = calibration.Curve.Where(bin => bin.Right.Of > 0).Select(bin => (bin.From, bin.Right)).ToList();
        Assert.Equal([(0.1, new(1, 2)), (0.2, new(0, 2)), (0.6, new(1, 2))], stated);
        Assert.Equal(0.64, calibration.Curve[6].MeanStated!.Value, 1e-9);
        Assert.Null(calibration.Curve[9].MeanStated);
    }

    [Fact]
    public void Curve_OfACertainty_IsInTheLastRange()
    {
        var calibration = new Calibration([Outcomes.Of(probabilities: [1.0])]);

        Assert.Equal(new(1, 1), calibration.Curve[9].Right);
        Assert.Equal(new(0, 1), calibration.Curve[0].Right);
    }

    [Fact]
    public void Curve_WhenTheKnowledgeLacksTheCause_FindsSomethingElseRight()
    {
        var calibration = new Calibration([Outcomes.Of(rank: 0, probabilities: [0.2])]);

        Assert.Equal(new(1, 1), calibration.Curve[8].Right);
    }

    [Fact]
    public void LeadingCurve_HasOneStatementAVignette()
    {
        var calibration = new Calibration([Outcomes.Of(rank: 1), Outcomes.Of(rank: 2)]);

        Assert.Equal(2, calibration.LeadingCurve.Sum(bin => bin.Right.Of));
        Assert.Equal(new(1, 2), calibration.LeadingCurve[3].Right);
    }

    [Fact]
    public void Brier_OfTwoAnswers_IsTheMeanOfTheirSquares()
    {
        var calibration = new Calibration(
            [Outcomes.Of(rank: 1, probabilities: [0.8, 0.1]), Outcomes.Of(rank: 2, probabilities: [0.5, 0.4])]);

        Assert.Equal((0.04 + 0.25) / 2, calibration.BrierLeading, 1e-9);
        Assert.Equal((0.04 + 0.01 + 0.01 + 0.36 + 0.25 + 0.01) / 2, calibration.BrierMultiClass, 1e-9);
    }

    [Fact]
    public void Brier_OfSeveralRightCauses_TakesThemTogether()
    {
        var one = Outcomes.Of(rank: 1, probabilities: [0.5, 0.3]);
        var both = one with
        {
            Vignette = one.Vignette with { Gold = one.Vignette.Gold with { Causes = ["cause-1", "cause-2"] } },
        };

        Assert.Equal(0.04 + 0.04, new Calibration([both]).BrierMultiClass, 1e-9);
    }
}
