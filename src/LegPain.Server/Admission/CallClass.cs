namespace LegPain.Server.Admission;

/// <summary>How long a call is still admitted as a server fills up: a greater value goes later.</summary>
internal enum CallClass
{
    /// <summary>What reads or reasons and can wait. Admitted while under half of the places are taken.</summary>
    Rest = 0,

    /// <summary>What changes a patient. Admitted while under three quarters are taken.</summary>
    Write = 1,

    /// <summary>Reads of a patient, and reports with a red flag's sign. Admitted up to the last place.</summary>
    Urgent = 2,
}
