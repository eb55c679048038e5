using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>What the engine answered for one vignette.</summary>
/// <param name="Vignette">The vignette.</param>
/// <param name="Listed">
/// Every cause listed, most likely first. "Something else" is no cause: it has no place here.
/// </param>
/// <param name="SomethingElse">The probability that it is none of the causes.</param>
/// <param name="Urgency">The urgency answered.</param>
/// <param name="Decision">What decided the urgency.</param>
/// <param name="FindingCount">How many findings it was told.</param>
/// <param name="NotUnderstood">The observations left out.</param>
/// <param name="UnknownCauses">The right causes that the knowledge does not have.</param>
/// <param name="Accounts">How each right cause that the knowledge has came to its place, then the leading one.</param>
internal sealed record Outcome(
    Vignette Vignette,
    IReadOnlyList<ListedCause> Listed,
    double SomethingElse,
    Urgency Urgency,
    Decision Decision,
    int FindingCount,
    IReadOnlyList<NotUnderstood> NotUnderstood,
    IReadOnlyList<string> UnknownCauses,
    IReadOnlyList<CauseAccount> Accounts)
{
    /// <summary>Gets the place of the first right cause, from 1; null when none is listed.</summary>
    public int? Rank { get; } = RankOf(Vignette, Listed);

    /// <summary>Gets whether the knowledge has a right cause at all.</summary>
    public bool GoldIsKnown => UnknownCauses.Count < Vignette.Gold.Causes.Count;

    /// <summary>Gets how many levels the answer is above (positive) or below the right urgency.</summary>
    public int LevelsAbove => (int)Urgency - (int)Vignette.Gold.Urgency;

    /// <summary>Returns whether a right cause is among the first.</summary>
    public bool IsInTop(int count) => Rank <= count;

    /// <summary>Returns whether no right cause is among the first, or the urgency is not acceptable.</summary>
    public bool IsMissed(int withinTop) => !IsInTop(withinTop) || !Vignette.Gold.Accepts(Urgency);

    /// <summary>Returns whether a cause counts as right.</summary>
    public bool IsRight(ListedCause cause) => Vignette.Gold.Causes.Contains(cause.Id);

    private static int? RankOf(Vignette vignette, IReadOnlyList<ListedCause> listed)
    {
        for (var i = 0; i < listed.Count; i++)
        {
            if (vignette.Gold.Causes.Contains(listed[i].Id))
            {
                return i + 1;
            }
        }

        return null;
    }
}

/// <summary>A cause in the ranking.</summary>
/// <param name="Id">The cause's id.</param>
/// <param name="Probability">The share of the whole, "something else" included; 0 to 1.</param>
internal readonly record struct ListedCause(string Id, double Probability);

/// <summary>What decided an urgency.</summary>
/// <param name="IsRedFlag">True for red flags, false for the leading cause.</param>
/// <param name="By">The red flags raised at that urgency, or the leading cause, by id.</param>
/// <param name="Grounds">The conditions that raised those red flags, as the pack writes them.</param>
internal sealed record Decision(bool IsRedFlag, IReadOnlyList<string> By, IReadOnlyList<string> Grounds);

/// <summary>How a cause came to its place.</summary>
/// <param name="Cause">The cause's id.</param>
/// <param name="Rank">Its place, from 1; null when a modifier closed it.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="Prior">The log-odds before evidence, modifiers included, in nats; null when it is closed.</param>
/// <param name="Total">The log-odds after it, in nats; null when it is closed.</param>
/// <param name="Modifiers">The modifiers of its prior that hold, as the pack writes them.</param>
/// <param name="For">The strongest contributions that speak for it, strongest first.</param>
/// <param name="Against">The strongest contributions that speak against it, strongest first.</param>
internal sealed record CauseAccount(
    string Cause, int? Rank, double Probability, double? Prior, double? Total, IReadOnlyList<string> Modifiers,
    IReadOnlyList<Weighed> For, IReadOnlyList<Weighed> Against);

/// <summary>What one answer adds to a cause.</summary>
/// <param name="Finding">The finding or score, by id.</param>
/// <param name="Value">The value as the pack writes it.</param>
/// <param name="Holds">False when the question was answered and the value does not hold.</param>
/// <param name="Weight">In nats.</param>
internal sealed record Weighed(string Finding, string Value, bool Holds, double Weight);
