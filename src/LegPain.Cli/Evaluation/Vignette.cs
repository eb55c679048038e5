using System.Text.Json;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>A patient whose cause is known, as a vignette file tells it.</summary>
/// <param name="Id">The id, once in a file.</param>
/// <param name="Source">The publication or collection it was coded from.</param>
/// <param name="SourceType">The kind of source, such as <c>question-bank</c>.</param>
/// <param name="Gold">What is right.</param>
/// <param name="Observations">What the record says. What is not listed was not said.</param>
/// <param name="Borderline">True when the cause or the complaint is debatable.</param>
internal sealed record Vignette(
    string Id, string Source, string SourceType, Gold Gold, IReadOnlyList<VignetteRow> Observations,
    bool Borderline = false);

/// <summary>What counts as right for a vignette.</summary>
/// <param name="Group">The group of the answer.</param>
/// <param name="Causes">The causes that count as right, by id; never empty.</param>
/// <param name="Urgency">The urgency a guideline gives.</param>
/// <param name="UrgencyAcceptable">The urgencies a reasonable clinician could choose.</param>
/// <param name="UrgencyReason">Why this urgency, in words.</param>
internal sealed record Gold(
    string Group, IReadOnlyList<string> Causes, Urgency Urgency, IReadOnlyList<Urgency> UrgencyAcceptable,
    string UrgencyReason = "")
{
    /// <summary>Returns whether an urgency is the right one or another acceptable one.</summary>
    public bool Accepts(Urgency urgency) => urgency == Urgency || UrgencyAcceptable.Contains(urgency);

    /// <summary>Gets the least urgency that is right or acceptable.</summary>
    public Urgency LeastAcceptable => UrgencyAcceptable.Append(Urgency).Min();

    /// <summary>Gets the greatest urgency that is right or acceptable.</summary>
    public Urgency GreatestAcceptable => UrgencyAcceptable.Append(Urgency).Max();
}

/// <summary>One observation as the file has it, before the knowledge says whether it makes sense.</summary>
/// <param name="Finding">The finding's id.</param>
/// <param name="Presence">What is said of it.</param>
/// <param name="Value">A number, true or false, or options as a list or as text with commas or semicolons.</param>
/// <param name="Unit">The unit of a number.</param>
internal sealed record VignetteRow(
    string Finding, Presence Presence, JsonElement? Value = null, string? Unit = null);
