namespace LegPain.Client;

/// <summary>The request id of a write, and who made it.</summary>
/// <param name="Text">The id.</param>
/// <param name="IsGiven">
/// Whether the caller gave it. An earlier call, perhaps of another process, may then have stored the write already.
/// </param>
internal readonly record struct WriteId(string Text, bool IsGiven)
{
    /// <summary>Takes the caller's id, or makes a new one when there is none.</summary>
    public static WriteId Of(string? given, LegPainClientOptions options) =>
        new(given ?? options.RequestIds(), IsGiven: given is not null);
}
