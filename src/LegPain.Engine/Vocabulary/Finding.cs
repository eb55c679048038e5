namespace LegPain.Engine.Vocabulary;

/// <summary>What kind of answer a finding takes.</summary>
public enum FindingKind : byte
{
    /// <summary>Present or absent, without a value.</summary>
    Boolean,

    /// <summary>Exactly one of the options.</summary>
    Choice,

    /// <summary>Any set of the options; the empty set means "none of these".</summary>
    Choices,

    /// <summary>A number with a unit, from the finding's minimum to its maximum.</summary>
    Number,
}

/// <summary>Who can answer for a finding.</summary>
public enum AnsweredBy : byte
{
    /// <summary>The patient, or somebody for the patient.</summary>
    Patient,

    /// <summary>A clinician who examines.</summary>
    Clinician,

    /// <summary>An instrument, a laboratory or an image.</summary>
    Measurement,
}

/// <summary>Findings that are asked together and live equally long.</summary>
/// <param name="Id">The group's id, such as <c>history</c>.</param>
/// <param name="OutlivesEpisode">
/// True for what belongs to the person (past cancer, age, medicines) and outlives an episode, unless the finding ends
/// with it; false for what belongs to one bout of pain.
/// </param>
/// <param name="StartsWithEpisode">
/// True when a finding with no start of its own began with the pain itself: it is a quality of that pain.
/// </param>
public sealed record FindingGroup(string Id, bool OutlivesEpisode, bool StartsWithEpisode);

/// <summary>One thing that can be asked, seen or measured. Its id is public API.</summary>
public sealed class Finding
{
    /// <summary>Most options a choice may have: one bit each in an answer.</summary>
    public const int OptionsMax = 64;

    /// <summary>Gets the kebab-case id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the position in <c>KnowledgeBase.Findings</c>; valid within that knowledge base only.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the kind of answer.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>Gets who can answer.</summary>
    public required AnsweredBy AnsweredBy { get; init; }

    /// <summary>Gets the group.</summary>
    public required FindingGroup Group { get; init; }

    /// <summary>Gets the options of a choice, in the order of the pack; empty for the other kinds.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>
    /// Gets the option that "absent" stands for (such as <c>none</c>), or null when a choice cannot be absent.
    /// </summary>
    public string? AbsentOption { get; init; }

    /// <summary>
    /// Gets the number that "absent" stands for (such as 0 minutes of stiffness), or null when a number cannot be
    /// absent.
    /// </summary>
    public double? AbsentNumber { get; init; }

    /// <summary>Gets the least value of a number.</summary>
    public double Minimum { get; init; }

    /// <summary>Gets the greatest value of a number.</summary>
    public double Maximum { get; init; }

    /// <summary>Gets the unit of a number, or null for the other kinds.</summary>
    public string? Unit { get; init; }

    /// <summary>Gets how much the value itself grows in a day (an age, a duration); 0 for a value that stays.</summary>
    public double GrowthPerDay { get; init; }

    /// <summary>Gets whether a lower number is the worse one, as with a walking distance.</summary>
    public bool WorseWhenLower { get; init; }

    /// <summary>
    /// Gets whether an answer ends with the episode although the group belongs to the person: it tells of the last
    /// weeks or of the place that hurts, so the next episode must ask again.
    /// </summary>
    public bool EndsWithEpisode { get; init; }

    /// <summary>Gets whether an answer outlives the episode it was given in.</summary>
    public bool OutlivesEpisode => Group.OutlivesEpisode && !EndsWithEpisode;

    /// <summary>Returns the position of an option, or -1.</summary>
    public int OptionIndex(string option)
    {
        for (var i = 0; i < Options.Count; i++)
        {
            if (string.Equals(Options[i], option, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
