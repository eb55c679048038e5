using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Why asking goes on or ends.</summary>
public enum InquiryState : byte
{
    /// <summary>There is something worth asking.</summary>
    Asking = 1,

    /// <summary>The patient must be seen now, and no answer can change that: the time for questions is over.</summary>
    Emergency = 2,

    /// <summary>No question left can change the urgency, or the ranking by more than it is worth.</summary>
    Settled = 3,

    /// <summary>
    /// Open red flags are left that those asked cannot answer for: an examination or a measurement would.
    /// </summary>
    ExaminationNeeded = 4,
}

/// <summary>A question worth asking now.</summary>
/// <param name="Finding">What to ask.</param>
/// <param name="Reason">Why.</param>
/// <param name="RedFlag">
/// The most urgent open red flag that waits for it, the one with the likeliest suspects, by position; or -1.
/// </param>
/// <param name="Cause">The cause it is expected to move most, by position, or -1.</param>
/// <param name="Gain">
/// What the answer is expected to bring. For a red flag: how many open rules it decides, a part of one for each it
/// comes closer to deciding. For a cause: information about the ranking, in nats.
/// </param>
public readonly record struct Suggestion(
    Finding Finding, QuestionReason Reason, int RedFlag, int Cause, double Gain);

/// <summary>What to ask next, the best first, and whether asking goes on.</summary>
/// <param name="State">Whether it goes on, and if not why.</param>
/// <param name="Questions">Empty unless it goes on.</param>
public sealed record Inquiry(InquiryState State, IReadOnlyList<Suggestion> Questions);
