namespace LegPain.Engine.Vocabulary;

/// <summary>What an observation says of a finding.</summary>
public enum Presence : byte
{
    /// <summary>Not known. Takes back what was said before; moves nothing in either direction.</summary>
    Unknown = 0,

    /// <summary>Asked or looked for, and there; with its value when the finding has one.</summary>
    Present = 1,

    /// <summary>Asked or looked for, and not there.</summary>
    Absent = 2,
}
