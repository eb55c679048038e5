using Google.Protobuf.WellKnownTypes;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>How urgencies, limits and services are said and colored.</summary>
internal static class UrgencyText
{
    /// <summary>Returns an urgency as packs write it.</summary>
    public static string Word(Urgency urgency) => urgency switch
    {
        Urgency.SelfCare => "self-care",
        Urgency.Routine => "routine",
        Urgency.Soon => "soon",
        Urgency.SameDay => "same-day",
        Urgency.Immediate => "immediate",
        _ => "unknown: use a newer program",
    };

    /// <summary>Returns the color of an urgency.</summary>
    public static Color Color(Urgency urgency) => urgency switch
    {
        Urgency.SelfCare => Spectre.Console.Color.Green,
        Urgency.Routine => Spectre.Console.Color.DodgerBlue1,
        Urgency.Soon => Spectre.Console.Color.Yellow,
        Urgency.SameDay => Spectre.Console.Color.Orange1,
        _ => Spectre.Console.Color.Red,
    };

    /// <summary>Returns the style of text in the color of an urgency.</summary>
    public static Style Ink(Urgency urgency) => new(Color(urgency), decoration: Decoration.Bold);

    /// <summary>Returns an urgency as a badge: the color as background, or brackets where there is none.</summary>
    public static Run Badge(Urgency urgency, Page page)
    {
        var word = Word(urgency).ToUpperInvariant();
        var ink = urgency is Urgency.Immediate or Urgency.Routine
            ? Spectre.Console.Color.White
            : Spectre.Console.Color.Black;
        return page.HasColor
            ? new($" {word} ", new(ink, Color(urgency), Decoration.Bold), Unbroken: true)
            : new($"[{word}]");
    }

    /// <summary>Returns a time limit in words.</summary>
    public static string Within(Duration? limit)
    {
        if (limit is null)
        {
            return "no time limit";
        }

        var time = limit.ToTimeSpan();
        return time == TimeSpan.Zero ? "now"
            : time <= TimeSpan.FromHours(48) ? FormattableString.Invariant($"within {time.TotalHours:0.#} hours")
            : FormattableString.Invariant($"within {time.TotalDays:0.#} days");
    }

    /// <summary>Returns a service in words.</summary>
    public static string Service(Service service) => service switch
    {
        Protocol.Triage.V1.Service.Home => "at home",
        Protocol.Triage.V1.Service.Clinician => "clinician by appointment",
        Protocol.Triage.V1.Service.SameDayClinician => "clinician who can see the patient today",
        Protocol.Triage.V1.Service.EmergencyDepartment => "emergency department",
        _ => "service unknown to this program",
    };
}
