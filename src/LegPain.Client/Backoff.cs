namespace LegPain.Client;

/// <summary>
/// How long to wait before a repeat: what the server says, or ever longer; never in step with other callers.
/// </summary>
internal sealed class Backoff(LegPainClientOptions options)
{
    private const int DoublingsMax = 20;

    /// <summary>Returns the wait after a failed attempt.</summary>
    /// <param name="attempt">How many attempts have failed in a row, from 1.</param>
    /// <param name="serverWish">The least the server asks for, or null.</param>
    public TimeSpan After(int attempt, TimeSpan? serverWish)
    {
        if (serverWish is { } wish)
        {
            return wish + (options.BackoffFirst * options.Jitter());
        }

        var doubled = options.BackoffFirst * Math.Pow(2, Math.Min(attempt - 1, DoublingsMax));
        var longest = doubled < options.BackoffMax ? doubled : options.BackoffMax;
        return longest * (0.5 + (options.Jitter() / 2));
    }
}
