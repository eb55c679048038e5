using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Writes a comparison for a person: both sides, then what differs, the urgency and its rules first.</summary>
internal sealed class ComparisonRenderer(IAnsiConsole console)
{
    private const int DetailColumn = 16;

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes a comparison.</summary>
    public void Write(CompareAssessmentResponse comparison)
    {
        WriteSide("Before", comparison.Before);
        WriteSide("After", comparison.After);
        _page.Blank();
        WriteRedFlags(comparison.Difference);
        WriteCauses(comparison.Difference);
        foreach (var score in comparison.Difference.Scores)
        {
            _page.Labeled("Score", new Run(score.Name, Bold), $" {Range(score.Before)} -> {Range(score.After)}");
        }

        WriteLists(
            "Ask", comparison.Difference.QuestionsAdded.Select(question => question.Finding),
            comparison.Difference.QuestionsRemoved);
        WriteLists(
            "Examine", comparison.Difference.ExaminationsAdded.Select(examination => examination.Name),
            comparison.Difference.ExaminationsRemoved);
    }

    private void WriteSide(string label, ComparedAssessment side)
    {
        var disposition = side.Disposition;
        var what = side.Revision > 0 ? $"revision {side.Revision}" : "nothing stored";
        var (lowest, highest) = (UrgencyText.Word(disposition.Lowest), UrgencyText.Word(disposition.Highest));
        _page.Labeled(
            label, UrgencyText.Badge(disposition.Urgency, _page), "  ",
            new Run(disposition.Act, UrgencyText.Ink(disposition.Urgency)));
        _page.Labeled(string.Empty, new Run(
            $"{lowest} .. {highest} still possible; {what}, as of "
            + $"{Times.Utc(side.AssessedAt.ToDateTimeOffset())}, knowledge {side.Knowledge.Version}", Dim));
    }

    private void WriteRedFlags(AssessmentDifference difference)
    {
        _page.Labeled("Red flags", new Run($"{difference.RedFlags.Count} differ", Bold));
        foreach (var change in difference.RedFlags)
        {
            var raised = change.After == RedFlagState.Raised;
            _page.WriteHanging(
                2, new Run($"{(raised ? "!" : "-")} {change.Title}", raised ? UrgencyText.Ink(change.Urgency) : Bold),
                $"  {Word(change.HasBefore, change.Before)} -> {Word(change.HasAfter, change.After)}",
                new Run($"  {UrgencyText.Word(change.Urgency)}", Dim));
            Detail("answers", string.Join(", ", change.Findings));
            Detail("grounds", string.Join(", ", change.Grounds));
        }
    }

    private void WriteCauses(AssessmentDifference difference)
    {
        _page.Labeled("Causes", new Run($"{difference.Causes.Count} differ", Bold),
            new Run("; possible origins, no diagnosis; (x) is the likelihood ratio of an answer", Dim));
        foreach (var change in difference.Causes)
        {
            _page.WriteHanging(2, new Run(change.Name.Length > 0 ? change.Name : "Something else", Bold),
                $"  {Standing(change.Before)} -> {Standing(change.After)}");
            var prior = (change.After?.PriorLogOdds ?? 0) - (change.Before?.PriorLogOdds ?? 0);
            Detail("prior", change is { Before: not null, After: not null } && Math.Abs(prior) > 1e-6
                ? FormattableString.Invariant($"odds x{Math.Exp(prior):0.###}") : string.Empty);
            Detail("no longer", Evidence(change.Contributions.Select(vote => vote.Before)));
            Detail("now", Evidence(change.Contributions.Select(vote => vote.After)));
        }
    }

    private void WriteLists(string label, IEnumerable<string> added, IReadOnlyCollection<string> removed)
    {
        foreach (var (head, items) in new[] { ("also: ", added), ("no longer: ", removed) })
        {
            if (items.Any())
            {
                _page.Labeled(label, head, string.Join(", ", items));
                label = string.Empty;
            }
        }
    }

    private void Detail(string label, string text)
    {
        if (text.Length > 0)
        {
            _page.Labeled($"    {label}", DetailColumn, text);
        }
    }

    private string Evidence(IEnumerable<Contribution?> votes) => string.Join(", ", votes
        .OfType<Contribution>().Where(vote => vote.Status == ContributionStatus.Counted)
        .Select(vote => EvidenceText.Of(vote, _page.HasUnicode)));

    private static string Standing(CauseStanding? standing) => standing is null
        ? "closed or unknown"
        : $"#{standing.Rank} {AssessmentRenderer.Percent(standing.Probability)}";

    private static string Range(ScoreRange? range) => range is null ? "no such score"
        : range.Lowest.Equals(range.Highest) ? FormattableString.Invariant($"{range.Lowest:0.##}")
        : FormattableString.Invariant($"{range.Lowest:0.##}..{range.Highest:0.##}");

    private static string Word(bool has, RedFlagState state) => !has ? "no such rule" : state switch
    {
        RedFlagState.Raised => "raised",
        RedFlagState.Cleared => "cleared",
        RedFlagState.Open => "open",
        _ => "unknown to this program",
    };
}
