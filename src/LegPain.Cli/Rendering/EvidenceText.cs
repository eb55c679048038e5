using System.Globalization;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Rendering;

/// <summary>How one answer's weight is said: what was answered, and the likelihood ratio.</summary>
internal static class EvidenceText
{
    private const string Present = "present";
    private const string Marked = "marked";

    /// <summary>Returns what speaks and by how much, such as <c>calf-difference-cm>=3 ×1.8</c>.</summary>
    public static string Of(Contribution contribution, bool unicode) => Of(
        contribution.Finding, contribution.Value, contribution.RowHolds, contribution.Weight, unicode);

    /// <summary>Returns what speaks and by how much, from its parts; the weight is in nats.</summary>
    public static string Of(string finding, string value, bool rowHolds, double weight, bool unicode) =>
        $"{Answer(finding, value, rowHolds)} {(unicode ? '×' : 'x')}{Ratio(weight)}";

    /// <summary>Returns what speaks, and by how much, apart.</summary>
    public static (string Answer, string Ratio) Parts(Contribution contribution) =>
        (Answer(contribution.Finding, contribution.Value, contribution.RowHolds), Ratio(contribution.Weight));

    /// <summary>Returns the counted contributions that speak for a cause, the strongest first.</summary>
    public static IEnumerable<Contribution> For(RankedCause cause) =>
        cause.Contributions
            .Where(c => c.Status == ContributionStatus.Counted && c.Weight > 0)
            .OrderByDescending(c => c.Weight);

    /// <summary>Returns the counted contributions that speak against a cause, the strongest first.</summary>
    public static IEnumerable<Contribution> Against(RankedCause cause) =>
        cause.Contributions.Where(c => c.Status == ContributionStatus.Counted && c.Weight < 0).OrderBy(c => c.Weight);

    private static string Answer(string finding, string value, bool rowHolds)
    {
        if (value is Present or Marked)
        {
            return rowHolds ? finding : $"no {finding}";
        }

        var text = value.Length > 0 && value[0] is '<' or '>' or '=' ? finding + value : $"{finding}={value}";
        return rowHolds ? text : $"not {text}";
    }

    private static string Ratio(double weight)
    {
        var ratio = Math.Exp(weight);
        return ratio >= 10 ? ratio.ToString("0", CultureInfo.InvariantCulture)
            : ratio >= 1 ? ratio.ToString("0.#", CultureInfo.InvariantCulture)
            : ratio.ToString("0.##", CultureInfo.InvariantCulture);
    }
}
