namespace LegPain.Engine.Vocabulary;

/// <summary>
/// How soon a patient should be seen. A greater value is more urgent, so the highest rule that fires is the maximum.
/// </summary>
public enum Urgency : byte
{
    /// <summary>Look after it at home. Possible only when every red flag is cleared.</summary>
    SelfCare = 1,

    /// <summary>Be seen in the coming weeks.</summary>
    Routine = 2,

    /// <summary>Be seen within days, 14 at the most.</summary>
    Soon = 3,

    /// <summary>Be seen today, within 24 hours at the most.</summary>
    SameDay = 4,

    /// <summary>Go now.</summary>
    Immediate = 5,
}
