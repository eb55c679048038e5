using System.Globalization;

namespace LegPain.Cli.Rendering;

/// <summary>How moments are said.</summary>
internal static class Times
{
    /// <summary>Returns a moment to the minute, in UTC, as the notation of the command line takes it.</summary>
    public static string Utc(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>Returns the weekday and the hour, where the reader is.</summary>
    public static string Weekday(DateTimeOffset time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("dddd HH:mm", CultureInfo.InvariantCulture);
}
