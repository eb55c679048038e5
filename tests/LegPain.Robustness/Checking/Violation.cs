namespace LegPain.Robustness.Checking;

/// <summary>What must never happen.</summary>
internal enum Broken
{
    /// <summary>An acknowledged write is not stored.</summary>
    Lost = 1,

    /// <summary>A request was applied twice.</summary>
    Duplicate,

    /// <summary>Revisions are not 1, 2, 3 and so on up to the head.</summary>
    Gap,

    /// <summary>Two different things were at one revision.</summary>
    Fork,

    /// <summary>A write that began after another had ended came before it.</summary>
    Order,

    /// <summary>A read showed less than what was acknowledged or shown before it began.</summary>
    StaleRead,

    /// <summary>A request id stood for two contents, or was refused although it did not.</summary>
    ReusedId,

    /// <summary>A write that was said not to be stored is stored.</summary>
    RefusedButStored,

    /// <summary>Something was shown that is not stored, or stored that nobody sent.</summary>
    Phantom,

    /// <summary>A watch left a revision out.</summary>
    WatchGap,

    /// <summary>A watch showed a revision again.</summary>
    WatchRepeat,

    /// <summary>A watch went backward.</summary>
    WatchReorder,

    /// <summary>A watch never came to the end.</summary>
    WatchBehind,

    /// <summary>A watch could not go on from a revision that it had been shown.</summary>
    WatchRefused,

    /// <summary>A write was done at another revision than it expected.</summary>
    Expectation,

    /// <summary>Times of recording run backward.</summary>
    Time,

    /// <summary>A write was acknowledged before it can have been durable.</summary>
    EarlyAck,

    /// <summary>
    /// A client that repeats was not served during a fault that it should not have noticed, a patient never again after
    /// one, or a node did not serve again, or did not stop, in time.
    /// </summary>
    NotServed,
}

/// <summary>One thing that must never happen and did.</summary>
/// <param name="Broken">What.</param>
/// <param name="Patient">Whose.</param>
/// <param name="Text">The particulars.</param>
internal sealed record Violation(Broken Broken, string Patient, string Text)
{
    public override string ToString() => $"{Broken} {Patient}: {Text}";
}
