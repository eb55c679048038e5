using LegPain.Cli.Evaluation;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class BinomialTests
{
    [Theory]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(9, 10, 0.5550, 0.9975)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(0, 23, 0, 0.1482)]
    [InlineData(10, 100, 0.0490, 0.1762)]
    [InlineData(81, 263, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0578, 0.1617)]
    public void Interval_OfACount_IsThatOfTheTables(int count, int of, double low, double high)
    {
        var interval = Binomial.Interval(count, of);

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void Interval_OfNothing_IsTheWholeRange() => Assert.Equal((0, 1), Binomial.Interval(0, 0));

    [Fact]
    public void Interval_OfAllOrNone_HasItsClosedForm()
    {
        for (var of = 1; of < 200; of++)
        {
            Assert.Equal(1 - Math.Pow(0.025, 1.0 / of), Binomial.Interval(0, of).High, 1e-9);
            Assert.Equal(Math.Pow(0.025, 1.0 / of), Binomial.Interval(of, of).Low, 1e-9);
        }
    }

    [Fact]
    public void Interval_EndsWhereTheTailsHaveTwoAndAHalfPercent()
    {
        foreach (var of in new[] { 1, 2, 7, 23, 104 })
        {
            for (var count = 0; count <= of; count++)
            {
                var (low, high) = Binomial.Interval(count, of);
                Assert.Equal(count == 0 ? 1 : 0.025, AtLeast(count, of, low), 1e-8);
                Assert.Equal(count == of ? 1 : 0.975, AtLeast(count + 1, of, high) + (count == of ? 1 : 0), 1e-8);
            }
        }
    }

    [Fact]
    public void Interval_OfManyThousands_Converges()
    {
        var (low, high) = Binomial.Interval(5_000, 10_000);

        Assert.Equal(0.4902, low, 0.0001);
        Assert.Equal(0.5098, high, 0.0001);
    }

    /// <summary>The probability of so many or more, added up term by term.</summary>
    private static double AtLeast(int count, int of, double share)
    {
        var sum = 0.0;
        for (var i = count; i <= of; i++)
        {
            var term = 1.0;
            for (var j = 0; j < i; j++)
            {
                term *= share * (of - j) / (j + 1);
            }

            sum += term * Math.Pow(1 - share, of - i);
        }

        return sum;
    }
}
