using System.Globalization;
using LegPain.Cli.Rendering;
using Spectre.Console;

namespace LegPain.Cli.Evaluation;

/// <summary>Writes a report for a person.</summary>
internal sealed class EvaluationText(IAnsiConsole console)
{
    /// <summary>What must be said beside every figure of calibration.</summary>
    public const string CalibrationNote =
        "Exam banks and case reports are not practice: dangerous causes are more frequent here, so that probabilities "
        + "meant for people who seek care must look too low for them and too high for the harmless ones.";

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes the figures, then the misses.</summary>
    /// <param name="report">The report.</param>
    /// <param name="full">True to explain a miss that only the first place shows, too.</param>
    public void Write(EvaluationReport report, bool full)
    {
        WriteCoverage(report);
        WriteFigures(report);
        WriteParts("Causes and urgency by kind of source",
            [.. report.BySourceType, ("without debatable ones", report.ClearCut), ("all", report.Overall)]);
        WriteParts("By group of the right answer", report.ByGroup);
        WriteConfusion(report);
        WriteCalibration(report.Calibration);
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
                : $"{check.Figure}: {check.Achieved}; its floor can be raised from {check.Floor}: --raise-floors.");
        }

        if (floors.All(check => check.Achieved == check.Floor))
        {
            _page.Write(0, "Every figure is at its floor.");
        }
    }

    private static Text Cell(string text) => new(text);

    private void WriteCoverage(EvaluationReport report)
    {
        _page.Rule("Vignettes");
        _page.Write(0, $"{report.Outcomes.Count} of {report.File}, assessed with {report.Knowledge.Id} "
            + $"{report.Knowledge.Version}, sha256 {report.Knowledge.Hash[..12]}. In brackets: exact 95 % intervals.");
        var table = Rows();
        table.AddRow(Cell("every observation understood"), Cell(report.Understood.ToString()));
        table.AddRow(Cell("a right cause is in the knowledge"), Cell(report.GoldKnown.ToString()));
        table.AddRow(Cell("findings told"), Cell(report.Findings.ToString()));
        table.AddRow(Cell("causes listed"), Cell(report.ListLength.ToString()));
        table.AddRow(
            Cell(FormattableString.Invariant($"of them at least {EvaluationReport.LikelyMin:0 %} likely")),
            Cell(report.LikelyLength.ToString()));
        console.Write(table);
        foreach (var outcome in report.Outcomes)
        {
            foreach (var part in outcome.NotUnderstood)
            {
                _page.WriteHanging(0, $"{outcome.Vignette.Id}: {part.Finding} left out: {part.Reason}");
            }
        }

        if (report.UnknownCauses.Count > 0)
        {
            _page.WriteHanging(0, $"Right causes the knowledge does not have: {string.Join(", ", report.UnknownCauses)}");
        }

        _page.Blank();
    }

    private void WriteFigures(EvaluationReport report)
    {
        var all = report.Overall;
        var table = Rows();
        Row("the first cause is right", all.Top1);
        Row("a right cause is among the first 3", all.Top3);
        Row("a right cause is among the first 5", all.Top5);
        Row("urgency exact", all.Exact);
        Row("urgency acceptable", all.Acceptable);
        Row("urgency one level under", all.OneLevelUnder);
        Row("hazardous: immediate answered routine or self-care", all.Hazardous);
        Row("over-triage by 2 levels or more", all.OverByTwo);
        Row("over-triage by 2 or more above all acceptable levels", all.OverAcceptableByTwo);
        Row("safe, strictly: never below the right urgency", all.NeverBelowGold);
        Row("safe, widely: at most one level below it", all.AtMostOneBelowGold);
        Row("never below the acceptable levels", all.NeverBelowAcceptable);
        _page.Rule("Figures");
        console.Write(table);
        _page.Blank();

        void Row(string label, Proportion proportion) => table.AddRow(Cell(label), Cell(proportion.ToString()));
    }

    private void WriteParts(string title, IReadOnlyList<(string Name, Scores Scores)> parts)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumns("", "n", "top 1", "top 3", "top 5", "urgency acceptable");
        foreach (var (name, scores) in parts)
        {
            table.AddRow(
                Cell(name), Cell(scores.Count.ToString(CultureInfo.InvariantCulture)), Cell(Short(scores.Top1)),
                Cell(Short(scores.Top3)), Cell(Short(scores.Top5)), Cell(Short(scores.Acceptable)));
        }

        _page.Rule(title);
        console.Write(table);
        _page.Blank();
    }

    /// <summary>The count and the interval: what fits six times into a line.</summary>
    private static string Short(Proportion proportion) => FormattableString.Invariant(
        $"{proportion.Count} ({100 * proportion.Interval.Low:0}-{100 * proportion.Interval.High:0} %)");

    private void WriteConfusion(EvaluationReport report)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumn("right \\ answered");
        foreach (var urgency in EvaluationReport.Urgencies)
        {
            table.AddColumn(new TableColumn(UrgencyWord.Of(urgency)).RightAligned());
        }

        foreach (var gold in EvaluationReport.Urgencies.Reverse())
        {
            table.AddRow([
                Cell(UrgencyWord.Of(gold)),
                .. EvaluationReport.Urgencies.Select(answered =>
                    Cell(report.Confusion(gold, answered).ToString(CultureInfo.InvariantCulture)))]);
        }

        _page.Rule("Urgency");
        console.Write(table);
        _page.Blank();
    }

    private void WriteCalibration(Calibration calibration)
    {
        _page.Rule("Calibration");
        _page.Write(0, CalibrationNote);
        _page.Write(0, FormattableString.Invariant(
            $"Brier score of the leading cause {calibration.BrierLeading:0.000} (0 to 1), of all causes together ")
            + FormattableString.Invariant($"{calibration.BrierMultiClass:0.000} (0 to 2); 0 is perfect."));
        var table = new Table { Border = TableBorder.None };
        table.AddColumns("stated", "mean stated", "every cause: right", "mean stated", "leading cause: right");
        foreach (var (every, leading) in calibration.Curve.Zip(calibration.LeadingCurve))
        {
            table.AddRow(
                Cell(FormattableString.Invariant($"{100 * every.From:0}-{100 * every.To:0} %")),
                Cell(Percent(every.MeanStated)), Cell(every.Right.ToString()),
                Cell(Percent(leading.MeanStated)), Cell(leading.Right.ToString()));
        }

        console.Write(table);
        _page.Blank();
    }

    private void WriteMisses(EvaluationReport report, bool full)
    {
        var missed = report.Outcomes.Where(outcome =>
            !outcome.IsInTop(full ? 1 : 3) || !outcome.Vignette.Gold.Accepts(outcome.Urgency)).ToList();
        _page.Rule($"Misses: {missed.Count}");
        _page.Write(0, full
            ? "The first cause is not right, or the urgency is not acceptable."
            : "No right cause among the first 3, or the urgency is not acceptable. --full: also where the first is not "
            + "right.");
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
        _page.Labeled("Urgency", gold.Accepts(outcome.Urgency) ? "" : "WRONG: ",
            new Run(UrgencyWord.Of(outcome.Urgency), Bold),
            $" by {(outcome.Decision.IsRedFlag ? "red flag" : "the leading cause")} "
            + $"{string.Join(", ", outcome.Decision.By)}; right is {UrgencyWord.Of(gold.Urgency)}"
            + $"{Others(outcome)}: {gold.UrgencyReason}");
        _page.Labeled("First", string.Join(", ", outcome.Listed.Take(5).Select(cause =>
            $"{cause.Id} {Percent(cause.Probability)}")));
        foreach (var account in outcome.Accounts)
        {
            WriteAccount(account, isRight: gold.Causes.Contains(account.Cause));
        }
    }

    private static string Others(Outcome outcome)
    {
        var others = outcome.Vignette.Gold.UrgencyAcceptable
            .Where(urgency => urgency != outcome.Vignette.Gold.Urgency).Select(UrgencyWord.Of).ToList();
        return others.Count == 0 ? "" : $" (or {string.Join(", ", others)})";
    }

    private void WriteAccount(CauseAccount account, bool isRight)
    {
        _page.Labeled(isRight ? "Right" : "Leads", new Run(account.Cause, Bold), account.Rank is { } rank
            ? FormattableString.Invariant(
                $", place {rank}, {Percent(account.Probability)}: log-odds {account.Prior:0.00} before, ")
                + FormattableString.Invariant($"{account.Total:0.00} after the evidence")
            : ", closed",
            account.Modifiers.Count == 0 ? "" : $"; prior changed by {string.Join("; ", account.Modifiers)}");
        Evidence("for", account.For);
        Evidence("against", account.Against);

        void Evidence(string word, IReadOnlyList<Weighed> parts)
        {
            if (parts.Count > 0)
            {
                _page.WriteHanging(
                    Page.LabelColumn, new Run($"{word} ", Dim),
                    string.Join(", ", parts.Select(part => EvidenceText.Of(
                        part.Finding, part.Value, part.Holds, part.Weight, _page.HasUnicode))));
            }
        }
    }

    private static string Percent(double? share) => share is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * known:0.#} %") : "";

    private static Table Rows()
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        return table.AddColumns("", "");
    }
}
