namespace LegPain.Server.Telemetry;

/// <summary>What names a patient's grain, and so may leave the process in no telemetry.</summary>
internal static class Personal
{
    private const string GrainPrefix = "legpain.patient/";

    /// <summary>Returns whether a value, as text, has a patient's grain key in it.</summary>
    public static bool IsNamed(object? value) =>
        value is not null && !value.GetType().IsPrimitive
        && value.ToString()?.Contains(GrainPrefix, StringComparison.Ordinal) == true;
}
