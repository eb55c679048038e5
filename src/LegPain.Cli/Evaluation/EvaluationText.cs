using System.Globalization;
using LegPain.Cli.Rendering;
using Spectre.Console;

namespace LegPain.Cli.Evaluation;

/// <summary>Writes a report for a person at a terminal.</summary>
internal sealed class EvaluationText(IAnsiConsole console)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);
    private static readonly Style Wrong = new(Color.Red, decoration: Decoration.Bold);

    private readonly Page _page = new(console);

    /// <summary>Writes the figures, then the misses.</summary>
    /// <param name="report">The report.</param>
    /// <param name="full">True to explain what only the first place misses, too.</param>
    public void Write(EvaluationReport report, bool full)
    {
        _page.Rule("Vignettes");
        _page.Write(0, $"{report.Outcomes.Count} of {report.File}, assessed with {report.Knowledge.Id} "
            + $"{report.Knowledge.Version}, sha256 {report.Knowledge.Hash[..12]}. In brackets: exact 95 % intervals.");
        Rows(Wording.Coverage(report));
        WriteLeftOut(report);
        _page.Rule("Figures");
        Rows([.. Wording.Figures(report.Overall).Select(figure => (figure.Label, figure.Proportion.ToString()))]);
        WriteParts(
            "By kind of source: causes, and acceptable urgency",
            [.. report.BySourceType, ("without debatable ones", report.ClearCut), ("all", report.Overall)]);
        WriteParts("By group of the right answer: causes, and acceptable urgency", report.ByGroup);
        WriteConfusion(report);
        WriteCalibration(report.Calibration);
        WriteInterviews(report.Interviews);
        WriteMisses(report, full);
    }

    /// <summary>Writes how the figures stand to their floors; nothing when there are no floors.</summary>
    public void Write(IReadOnlyList<FloorCheck> floors)
    {
        if (floors.Count == 0)
        {
            return;
        }

        _page.Blank();
        _page.Rule("Floors");
        foreach (var check in floors.Where(check => check.Achieved != check.Floor))
        {
            _page.Write(0, check.Achieved < check.Floor
                ? $"{check.Figure}: {check.Achieved}, below its floor of {check.Floor}."
                : $"{check.Figure}: {check.Achieved}; its floor of {check.Floor} can be raised: --raise-floors.");
        }

        if (floors.All(check => check.Achieved == check.Floor))
        {
            _page.Write(0, "Every figure is at its floor.");
        }
    }

    private void WriteLeftOut(EvaluationReport report)
    {
        foreach (var outcome in report.Outcomes)
        {
            foreach (var part in outcome.NotUnderstood)
            {
                _page.WriteHanging(0, $"{outcome.Vignette.Id}: {part.Finding} left out: {part.Reason}");
            }
        }

        if (report.UnknownCauses.Count > 0)
        {
            _page.WriteHanging(0, $"Right causes the knowledge lacks: {string.Join(", ", report.UnknownCauses)}.");
        }

        _page.Blank();
    }

    private void WriteParts(string title, IReadOnlyList<(string Name, Scores Scores)> parts)
    {
        _page.Rule(title);
        Grid(
            ["", "n", "top 1", "top 3", "top 5", "acceptable"],
            parts.Select(part => (string[])
            [
                part.Name, part.Scores.Count.ToString(CultureInfo.InvariantCulture), Short(part.Scores.Top1),
                Short(part.Scores.Top3), Short(part.Scores.Top5), Short(part.Scores.Acceptable),
            ]));

        // Without the share: what fits six times into a line.
        static string Short(Proportion proportion) => FormattableString.Invariant(
            $"{proportion.Count} ({100 * proportion.Interval.Low:0}-{100 * proportion.Interval.High:0} %)");
    }

    private void WriteConfusion(EvaluationReport report)
    {
        _page.Rule("Urgency");
        Grid(
            ["right \\ answered", .. EvaluationReport.Urgencies.Select(Wording.Word)],
            EvaluationReport.Urgencies.Reverse().Select(gold => (string[])
            [
                Wording.Word(gold),
                .. EvaluationReport.Urgencies.Select(answered =>
                    report.Confusion(gold, answered).ToString(CultureInfo.InvariantCulture)),
            ]));
    }

    private void WriteCalibration(Calibration calibration)
    {
        _page.Rule("Calibration");
        _page.Write(0, Wording.CalibrationNote);
        _page.Write(0, Wording.Brier(calibration));
        Grid(
            ["stated", "mean stated", "every cause: right", "mean stated", "leading cause: right"],
            Wording.CalibrationRows(calibration));
    }

    private void WriteInterviews(InterviewFigures? figures)
    {
        if (figures is not null)
        {
            _page.Rule("Questions");
            _page.Write(0, Wording.InterviewNote);
            Rows(Wording.Interviews(figures));
        }
    }

    private void WriteMisses(EvaluationReport report, bool full)
    {
        var missed = report.Outcomes.Where(outcome => outcome.IsMissed(withinTop: full ? 1 : 3)).ToList();
        _page.Rule($"Misses: {missed.Count}");
        _page.Write(0, full
            ? "The first cause is not right, or the urgency is not acceptable."
            : "No right cause among the first 3, or the urgency is not acceptable. With --full also those whose first "
            + "cause is not right.");
        foreach (var outcome in missed)
        {
            WriteMiss(outcome);
        }
    }

    private void WriteMiss(Outcome outcome)
    {
        var gold = outcome.Vignette.Gold;
        _page.Blank();
        _page.Write(0, new Run(outcome.Vignette.Id, Bold), $"  {string.Join(" or ", gold.Causes)}",
            new Run($"  {outcome.Vignette.SourceType}{(outcome.Vignette.Borderline ? ", debatable" : "")}", Dim));
        _page.Labeled("Urgency", gold.Accepts(outcome.Urgency) ? "" : new Run("WRONG ", Wrong),
            $"{Wording.DecidedBy(outcome)}; right is {Wording.Right(gold)}: {gold.UrgencyReason}");
        _page.Labeled("First", Wording.First(outcome));
        foreach (var account in outcome.Accounts)
        {
            _page.Labeled(gold.Causes.Contains(account.Cause) ? "Right" : "Leads", Wording.Place(account));
            WriteEvidence("for", account.For);
            WriteEvidence("against", account.Against);
        }
    }

    private void WriteEvidence(string word, IReadOnlyList<Weighed> parts)
    {
        if (parts.Count > 0)
        {
            _page.WriteHanging(
                Page.LabelColumn, new Run($"{word} ", Dim), Wording.Evidence(parts, _page.HasUnicode));
        }
    }

    private void Rows(IReadOnlyList<(string Label, string Text)> rows)
    {
        var widest = rows.Max(row => row.Label.Length);
        foreach (var (label, text) in rows)
        {
            _page.Write(0, new Run($"{label.PadRight(widest)}  {text}", Unbroken: true));
        }

        _page.Blank();
    }

    /// <summary>Writes columns as wide as their widest cell; the first is a label.</summary>
    private void Grid(string[] headings, IEnumerable<string[]> rows)
    {
        string[][] lines = [headings, .. rows];
        var widths = headings.Index()
            .Select(column => lines.Max(line => line[column.Index].Length)).ToArray();
        foreach (var (index, line) in lines.Index())
        {
            var text = string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
            _page.Write(0, new Run(text, index == 0 ? Dim : Style.Plain, Unbroken: true));
        }

        _page.Blank();
    }
}
