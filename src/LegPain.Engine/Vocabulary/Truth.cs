namespace LegPain.Engine.Vocabulary;

/// <summary>A value of Kleene's three-valued logic.</summary>
/// <remarks>
/// Ordered False &lt; Unknown &lt; True, so that "and" is the minimum and "or" the maximum. Unknown is what was not
/// asked, not answered or not measured: it is never evidence and never a no.
/// </remarks>
public enum Truth : byte
{
    /// <summary>Known not to hold.</summary>
    False = 0,

    /// <summary>Not known: later answers may make it either.</summary>
    Unknown = 1,

    /// <summary>Known to hold.</summary>
    True = 2,
}

/// <summary>Kleene's connectives, as the truth tables of HL7 CQL give them.</summary>
public static class TruthTables
{
    /// <summary>True when both are; False when either is; otherwise Unknown.</summary>
    public static Truth And(this Truth left, Truth right) => left < right ? left : right;

    /// <summary>True when either is; False when both are; otherwise Unknown.</summary>
    public static Truth Or(this Truth left, Truth right) => left > right ? left : right;

    /// <summary>Swaps True and False; Unknown stays Unknown.</summary>
    public static Truth Not(this Truth value) => (Truth)(2 - (byte)value);

    /// <summary>Lifts a two-valued answer.</summary>
    public static Truth ToTruth(this bool value) => value ? Truth.True : Truth.False;
}
