using LegPain.Cli.Rendering;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>How the engine's urgencies are said; the wire has the same numbers.</summary>
internal static class UrgencyWord
{
    /// <summary>Returns an urgency as packs write it.</summary>
    public static string Of(Urgency urgency) => UrgencyText.Word((Protocol.Triage.V1.Urgency)urgency);
}
