using System.Xml.Linq;
using static LegPain.Cli.Evaluation.Markup;

namespace LegPain.Cli.Evaluation;

/// <summary>
/// Writes a report as one page that needs nothing else: no script, no style and no picture from elsewhere.
/// </summary>
internal static class EvaluationHtml
{
    // Without < > and &, which mean nothing else inside a style but would be encoded.
    private const string Style =
        """
        :root { color-scheme: light dark; --ink: #1c2127; --paper: #ffffff; --dim: #5a6470; --line: #d8dde3;
          --strong: #1d5fb8; --mid: #5f99df; --pale: #a9c8ee; --bad: #b3261e; --over: #b26a00; --good: #22743b; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14181d; --dim: #9aa5b1;
          --line: #333b45; --strong: #7fb2f2; --mid: #4a7fc0; --pale: #2c4e79; --bad: #ff8a80; --over: #ffb74d;
          --good: #81c995; } }
        body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
        h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
        .dim { color: var(--dim); } .wrong { color: var(--bad); font-weight: 600; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid var(--line); }
        td { white-space: nowrap; } th { color: var(--dim); font-weight: 600; }
        svg { max-width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font-size: 13px; }
        .grid { stroke: var(--line); } .diagonal { stroke: var(--dim); stroke-dasharray: 4 4; }
        .whisker { stroke: var(--ink); stroke-opacity: .65; } .curve { fill: none; stroke-width: 1.5; }
        .every { stroke: var(--strong); } .leading { stroke: var(--over); }
        .point { fill: var(--paper); stroke-width: 2; } .point.every { fill: var(--strong); }
        .top1 { fill: var(--strong); } .top3 { fill: var(--mid); } .top5 { fill: var(--pale); }
        .cell.exact { fill: var(--good); } .cell.under { fill: var(--bad); } .cell.over { fill: var(--over); }
        details { border-bottom: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; }
        dt { font-weight: 600; } dd { margin: 0 0 .4rem 1.5rem; } .key { font-weight: 600; }
        """;

    /// <summary>Returns the page.</summary>
    public static string Write(EvaluationReport report)
    {
        var title = $"LegPain on {report.File}";
        var page = Tag("html", With("lang", "en"),
            Tag("head",
                Tag("meta", With("charset", "utf-8")),
                Tag("meta", With("name", "viewport"), With("content", "width=device-width, initial-scale=1")),
                Tag("title", title),
                Tag("style", Style)),
            Tag("body",
                Tag("h1", title),
                Tag("p", With("class", "dim"),
                    $"{report.Outcomes.Count} vignettes, assessed with {report.Knowledge.Id} "
                    + $"{report.Knowledge.Version}, sha256 {report.Knowledge.Hash}. "
                    + "Intervals are exact (Clopper-Pearson), 95 %."),
                Figures(report),
                Causes(report),
                Urgency(report),
                Calibrated(report.Calibration),
                Questions(report.Interviews),
                Misses(report)));
        return $"<!DOCTYPE html>\n{page}\n";
    }

    private static IEnumerable<XElement> Figures(EvaluationReport report) =>
    [
        Tag("h2", "Figures"),
        Table(["", "count, share, interval"], Wording.Figures(report.Overall)
            .Select(figure => (string[])[figure.Label, figure.Proportion.ToString()])),
        Tag("h2", "Coverage"),
        Table(["", ""], Wording.Coverage(report).Select(row => (string[])[row.Label, row.Text])),
        .. NotUnderstood(report),
    ];

    private static IEnumerable<XElement> NotUnderstood(EvaluationReport report) => report.Outcomes
        .SelectMany(outcome => outcome.NotUnderstood, (outcome, part) => Tag(
            "p", With("class", "dim"), $"{outcome.Vignette.Id}: {part.Finding} left out: {part.Reason}"));

    private static IEnumerable<XElement> Causes(EvaluationReport report) =>
    [
        Tag("h2", "Causes"),
        Tag("p", "Three bars a line, from strong to faint: the first cause is right, a right one is among the first "
            + "three, among the first five. Whiskers are intervals: a group of a few patients says little."),
        Tag("div", With("class", "wide"), Plots.TopBars(
        [
            ("all", report.Overall), ("without debatable ones", report.ClearCut),
            .. report.BySourceType, .. report.ByGroup,
        ])),
    ];

    private static IEnumerable<XElement> Urgency(EvaluationReport report) =>
    [
        Tag("h2", "Urgency"),
        Tag("p", "Green: as right. Red: below it. Amber: above it. The stronger, the larger its share of the line."),
        Tag("div", With("class", "wide"), Plots.Confusion(report)),
    ];

    private static IEnumerable<XElement> Calibrated(Calibration calibration) =>
    [
        Tag("h2", "Calibration"),
        Tag("p", Wording.CalibrationNote),
        Tag("p", Wording.Brier(calibration)),
        Tag("p", "Blue, filled: every cause listed, and \"something else\". Amber, hollow: the leading cause alone."),
        Tag("div", With("class", "wide"), Plots.Reliability(calibration)),
        Table(
            ["stated", "every cause: mean stated", "right", "leading cause: mean stated", "right"],
            Wording.CalibrationRows(calibration)),
    ];

    private static IEnumerable<XElement> Questions(InterviewFigures? figures) => figures is null ? [] :
    [
        Tag("h2", "Questions"),
        Tag("p", Wording.InterviewNote),
        Table(["", ""], Wording.Interviews(figures).Select(row => (string[])[row.Label, row.Text])),
    ];

    private static IEnumerable<XElement> Misses(EvaluationReport report)
    {
        var missed = report.Outcomes.Where(outcome => outcome.IsMissed(withinTop: 1)).ToList();
        yield return Tag("h2", $"Misses: {missed.Count}");
        yield return Tag("p", "The first cause is not right, or the urgency is not acceptable.");
        foreach (var outcome in missed)
        {
            yield return Miss(outcome);
        }
    }

    private static XElement Miss(Outcome outcome)
    {
        var gold = outcome.Vignette.Gold;
        return Tag("details",
            Tag("summary",
                Tag("span", With("class", "key"), outcome.Vignette.Id),
                $" {string.Join(" or ", gold.Causes)}: ",
                outcome.Rank is { } rank ? $"place {rank}" : "not listed", "; ",
                Tag("span", With("class", gold.Accepts(outcome.Urgency) ? "dim" : "wrong"),
                    $"{Wording.Word(outcome.Urgency)}, right is {Wording.Right(gold)}")),
            Tag("dl",
                Term("Source", $"{outcome.Vignette.Source}, {outcome.Vignette.SourceType}"
                    + (outcome.Vignette.Borderline ? ", debatable" : "")),
                Term("Urgency", Wording.DecidedBy(outcome)),
                Term("Right", gold.UrgencyReason),
                Term("First", Wording.First(outcome)),
                outcome.Accounts.SelectMany(account => Account(account, gold.Causes.Contains(account.Cause)))));
    }

    private static IEnumerable<XElement> Account(CauseAccount account, bool isRight) =>
    [
        .. Term(isRight ? "Right" : "Leads", Wording.Place(account)),
        .. Evidence("for", account.For),
        .. Evidence("against", account.Against),
    ];

    private static IEnumerable<XElement> Evidence(string word, IReadOnlyList<Weighed> parts) => parts.Count == 0
        ? [] : [Tag("dd", Tag("span", With("class", "dim"), $"{word} "), Wording.Evidence(parts, unicode: true))];

    private static XElement[] Term(string term, string text) => [Tag("dt", term), Tag("dd", text)];
}
