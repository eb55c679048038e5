namespace LegPain.Cli.Evaluation;

/// <summary>The exact interval of a binomial proportion (Clopper and Pearson, Biometrika 1934).</summary>
internal static class Binomial
{
    private const double Tail = 0.025;
    private const double Precision = 1e-12;
    private const int StepsMax = 100_000;

    /// <summary>Returns the two-sided 95 % interval of the share behind a count.</summary>
    /// <param name="count">How many; 0 to <paramref name="of"/>.</param>
    /// <param name="of">Of how many. 0 gives the whole range: nothing is known.</param>
    /// <returns>Two shares, 0 to 1, the lower first; exact to 1e-9.</returns>
    public static (double Low, double High) Interval(int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, of);
        return (
            count == 0 ? 0 : BetaQuantile(Tail, count, of - count + 1),
            count == of ? 1 : BetaQuantile(1 - Tail, count + 1, of - count));
    }

    /// <summary>
    /// Returns the share of a beta distribution below <paramref name="x"/>, for whole parameters from 1.
    /// </summary>
    internal static double Beta(double x, int a, int b)
    {
        if (x is <= 0 or >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        // The fraction converges fast below the mean; above it the other tail is taken.
        return x < (a + 1.0) / (a + b + 2.0) ? Lower(x, a, b) : 1 - Lower(1 - x, b, a);
    }

    private static double BetaQuantile(double share, int a, int b)
    {
        double low = 0, high = 1;
        while (high - low > Precision)
        {
            var middle = (low + high) / 2;
            (low, high) = Beta(middle, a, b) < share ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>
    /// The regularized incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated as Lentz does.
    /// </summary>
    private static double Lower(double x, int a, int b)
    {
        const double tiny = 1e-300;
        double fraction = 1, c = 1, d = 0;
        for (var step = 0; step < StepsMax; step++)
        {
            var m = step / 2;
            var numerator = step == 0 ? 1
                : step % 2 == 0 ? m * (b - (double)m) * x / ((a + (2.0 * m) - 1) * (a + (2.0 * m)))
                : -(a + (double)m) * (a + b + (double)m) * x / ((a + (2.0 * m)) * (a + (2.0 * m) + 1));
            d = 1 + (numerator * d);
            d = 1 / (Math.Abs(d) < tiny ? tiny : d);
            c = 1 + (numerator / c);
            c = Math.Abs(c) < tiny ? tiny : c;
            fraction *= c * d;
            if (Math.Abs(1 - (c * d)) < Precision)
            {
                break;
            }
        }

        var factor = Math.Exp((a * Math.Log(x)) + (b * Math.Log(1 - x)) - LogBeta(a, b)) / a;
        return factor * (fraction - 1);
    }

    /// <summary>The logarithm of (a-1)! (b-1)! / (a+b-1)!.</summary>
    private static double LogBeta(int a, int b) => LogFactorial(a - 1) + LogFactorial(b - 1) - LogFactorial(a + b - 1);

    private static double LogFactorial(int n)
    {
        var sum = 0.0;
        for (var i = 2; i <= n; i++)
        {
            sum += Math.Log(i);
        }

        return sum;
    }
}
