using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Writes the explanation of a cause for a person: a line a step, with the share after it.</summary>
internal sealed class ExplanationRenderer(IAnsiConsole console)
{
    private const int StepWidth = 44;
    private const int NoteColumn = 9;
    private const string SeedContradicted = "seed-contradicted";
    private const string SeedUnsupported = "seed-unsupported";

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes an explanation.</summary>
    public void Write(CauseExplanation explanation)
    {
        var grades = explanation.Sources.ToDictionary(
            source => source.Key, source => source.Grade, StringComparer.Ordinal);
        WriteHead(explanation);
        _page.Blank();
        _page.Labeled("The way", new Run("likelihood ratio or factor, what it is, share of the whole after it", Dim));
        Step(string.Empty, "before anything is known", explanation.Prior.RunningShare, string.Empty);
        foreach (var factor in explanation.Factors)
        {
            Step(
                $"{Times}{factor.Modifier.Factor:0.###}", $"prior: {OneLine(factor.Modifier.When)}",
                factor.RunningShare, factor.HasWeight ? string.Empty : "closed");
            if (factor.Modifier.When.Length > StepWidth)
            {
                _page.Write(NoteColumn, new Run(OneLine(factor.Modifier.When), Dim));
            }
        }

        if (explanation.PriorCapped)
        {
            _page.Write(NoteColumn, new Run("the factors would lift the prior above one half: it is held there", Dim));
        }

        foreach (var vote in explanation.Votes)
        {
            Step(vote, grades);
        }

        WriteLeftOut(explanation);
        WriteLevers(explanation);
        WriteSources(explanation);
    }

    private string Times => _page.HasUnicode ? "×" : "x";

    private void WriteHead(CauseExplanation explanation)
    {
        var what = explanation.Revision > 0 ? $"revision {explanation.Revision}" : "nothing stored";
        _page.Rule($"{explanation.Name}: {what}, knowledge {explanation.Knowledge.Version}");
        _page.Labeled("Is", explanation.Definition);
        _page.Labeled("Stands", explanation.Closed
            ? new Run("closed: a factor of 0 on its prior rules it out", Bold)
            : new Run(FormattableString.Invariant(
                $"#{explanation.Standing.Rank}, {explanation.Standing.Probability:0.0%}"), Bold),
            explanation.Closed ? string.Empty : FormattableString.Invariant(
                $" (log-odds {explanation.Standing.LogOdds:0.###})"),
            explanation.MustNotMiss ? "; must not be missed" : string.Empty);
        _page.Labeled("Prior", FormattableString.Invariant(
            $"{explanation.Prior.Share:0.##%} of people who come with leg pain: {explanation.Prior.Basis}"));
        _page.Labeled(string.Empty, FormattableString.Invariant(
            $"starts from {explanation.Prior.StartShare:0.##%}, as some of those who ask are selected cases"));
        _page.Labeled(string.Empty, new Run($"sources {string.Join(", ", explanation.Prior.Sources)}", Dim));
    }

    private void Step(ExplainedVote vote, Dictionary<string, string> grades)
    {
        var sources = string.Join(", ", vote.Contribution.Sources.Select(key =>
            $"{key} {grades.GetValueOrDefault(key)}"));
        var cut = vote.HasUncutRatio
            ? FormattableString.Invariant($"; {Times}{vote.UncutRatio:0.##} in its source, capped")
            : string.Empty;
        var (answer, ratio) = EvidenceText.Parts(vote.Contribution);
        Step(Times + ratio, answer, vote.RunningShare, $"{vote.Basis} {sources}{cut}");
        if (vote.Basis is SeedContradicted or SeedUnsupported)
        {
            _page.Write(NoteColumn, new Run(vote.Basis == SeedContradicted
                ? "the founding article says otherwise; the evidence is followed"
                : "only the founding article says so; no evidence was found", new Style(Color.Orange1)));
        }
    }

    private void Step(string ratio, string what, double share, string note) =>
        _page.WriteHanging(
            2, new Run(ratio.PadRight(6), Unbroken: true), " ",
            new Run(AssessmentRenderer.Fit(what, StepWidth).PadRight(StepWidth), Bold, Unbroken: true), " ",
            new Run(FormattableString.Invariant($"{share:0.0%}").PadLeft(6), Unbroken: true), "  ", new Run(note, Dim));

    private void WriteLeftOut(CauseExplanation explanation)
    {
        if (explanation.LeftOut.Count == 0)
        {
            return;
        }

        _page.Blank();
        _page.Labeled("Left out", new Run("answers that are spoken for already", Dim));
        foreach (var left in explanation.LeftOut)
        {
            var instead = EvidenceText.Of(left.Instead, _page.HasUnicode);
            _page.WriteHanging(2, EvidenceText.Of(left.Contribution, _page.HasUnicode), new Run(
                left.Contribution.Status == ContributionStatus.ReplacedByScore
                    ? $"  replaced by the score {instead}"
                    : $"  of one group with {instead}, which is stronger", Dim));
        }
    }

    private void WriteLevers(CauseExplanation explanation)
    {
        if (explanation.Levers.Count == 0)
        {
            return;
        }

        _page.Blank();
        _page.Labeled("Would move", new Run("open questions whose answers would move it most", Dim));
        foreach (var lever in explanation.Levers)
        {
            _page.WriteHanging(2, new Run(lever.Question, Bold), $"  {Answer(lever.Raises)}",
                lever is { Raises: not null, Lowers: not null } ? ", " : string.Empty, Answer(lever.Lowers));
        }
    }

    private static string Answer(LeverAnswer? answer) => answer is null ? string.Empty
        : FormattableString.Invariant($"{ObservationText.Of(answer.Observation)} -> {answer.Probability:0.0%}");

    private void WriteSources(CauseExplanation explanation)
    {
        _page.Blank();
        _page.Labeled("Sources", new Run(
            "A review, guideline or large study; B study or digest; C secondary; Seed the founding article; "
            + "Judgment ours, for a clinician to review", Dim));
        foreach (var source in explanation.Sources)
        {
            var year = source.Year == 0 ? string.Empty : FormattableString.Invariant($" {source.Year}");
            _page.WriteHanging(
                2, new Run($"{source.Key} {source.Grade}", Bold),
                $"  {source.Title}. {source.Publisher}{year}".TrimEnd());
        }
    }

    private static string OneLine(string condition) =>
        string.Join(' ', condition.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
