using System.Text.Encodings.Web;
using System.Text.Json;

namespace LegPain.Cli.Evaluation;

/// <summary>Writes a report as one JSON document. The names of its fields are public: scripts read them.</summary>
internal static class EvaluationJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,

        // Not for a web page: an id with an accent or a plus sign stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, EvaluationReport report, IReadOnlyList<FloorCheck> floors) =>
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                file = report.File,
                vignettes = report.Outcomes.Count,
                knowledge = new
                {
                    id = report.Knowledge.Id,
                    version = report.Knowledge.Version,
                    hash = report.Knowledge.Hash,
                },
                coverage = new
                {
                    understood = Of(report.Understood),
                    goldKnown = Of(report.GoldKnown),
                    unknownCauses = report.UnknownCauses,
                    findings = Of(report.Findings),
                    listLength = Of(report.ListLength),
                    likelyMin = EvaluationReport.LikelyMin,
                    likelyLength = Of(report.LikelyLength),
                },
                overall = Of(report.Overall),
                clearCut = Of(report.ClearCut),
                bySourceType = report.BySourceType.ToDictionary(part => part.Name, part => Of(part.Scores)),
                byGroup = report.ByGroup.ToDictionary(part => part.Name, part => Of(part.Scores)),
                confusion = EvaluationReport.Urgencies.ToDictionary(
                    Wording.Word,
                    gold => EvaluationReport.Urgencies.ToDictionary(
                        Wording.Word, answered => report.Confusion(gold, answered))),
                calibration = new
                {
                    note = Wording.CalibrationNote,
                    brierLeading = report.Calibration.BrierLeading,
                    brierMultiClass = report.Calibration.BrierMultiClass,
                    curve = report.Calibration.Curve.Select(Of),
                    leadingCurve = report.Calibration.LeadingCurve.Select(Of),
                },
                questions = report.Interviews is { } interviews ? Of(interviews) : null,
                floors = floors.Select(check => new
                {
                    figure = check.Figure,
                    floor = check.Floor,
                    achieved = check.Achieved,
                }),
                cases = report.Outcomes.Select(Of),
            },
            Indented));

    private static object Of(Proportion proportion) => new
    {
        count = proportion.Count,
        of = proportion.Of,
        share = proportion.Share,
        low = proportion.Interval.Low,
        high = proportion.Interval.High,
    };

    private static object Of(Spread spread) =>
        new { least = spread.Least, median = spread.Median, greatest = spread.Greatest };

    private static object Of(InterviewFigures figures) => new
    {
        note = Wording.InterviewNote,
        considered = Of(figures.Considered),
        inOrder = Of(figures.InOrder),
        shorter = Of(figures.Shorter),
        ended = Wording.Ends.ToDictionary(Wording.Word, figures.Ended),
        interviews = figures.Pairs.Select(pair => new
        {
            id = pair.Vignette,
            considered = Of(pair.Considered),
            inOrder = Of(pair.InOrder),
        }),
    };

    private static object Of(OrderFigures figures) =>
        new { toUrgency = Of(figures.ToUrgency), toEnd = Of(figures.ToEnd) };

    private static object Of(InterviewLength length) =>
        new { toUrgency = length.ToUrgency, toEnd = length.ToEnd, end = Wording.Word(length.End) };

    private static object Of(Quartiles quartiles) =>
        new { lower = quartiles.Lower, median = quartiles.Median, upper = quartiles.Upper };

    private static object Of(Scores scores) => new
    {
        vignettes = scores.Count,
        top1 = Of(scores.Top1),
        top3 = Of(scores.Top3),
        top5 = Of(scores.Top5),
        urgencyExact = Of(scores.Exact),
        urgencyAcceptable = Of(scores.Acceptable),
        oneLevelUnder = Of(scores.OneLevelUnder),
        hazardous = Of(scores.Hazardous),
        overByTwo = Of(scores.OverByTwo),
        overAcceptableByTwo = Of(scores.OverAcceptableByTwo),
        neverBelowGold = Of(scores.NeverBelowGold),
        atMostOneBelowGold = Of(scores.AtMostOneBelowGold),
        neverBelowAcceptable = Of(scores.NeverBelowAcceptable),
    };

    private static object Of(ReliabilityBin bin) => new
    {
        from = bin.From,
        to = bin.To,
        meanStated = bin.MeanStated,
        right = Of(bin.Right),
    };

    private static object Of(Outcome outcome) => new
    {
        id = outcome.Vignette.Id,
        sourceType = outcome.Vignette.SourceType,
        borderline = outcome.Vignette.Borderline,
        group = outcome.Vignette.Gold.Group,
        goldCauses = outcome.Vignette.Gold.Causes,
        goldUrgency = Wording.Word(outcome.Vignette.Gold.Urgency),
        acceptableUrgencies = outcome.Vignette.Gold.UrgencyAcceptable.Select(Wording.Word),
        urgencyReason = outcome.Vignette.Gold.UrgencyReason,
        rank = outcome.Rank,
        urgency = Wording.Word(outcome.Urgency),
        urgencyIsAcceptable = outcome.Vignette.Gold.Accepts(outcome.Urgency),
        decidedBy = outcome.Decision.By,
        decidedByRedFlag = outcome.Decision.IsRedFlag,
        grounds = outcome.Decision.Grounds,
        first = outcome.Listed.Take(5).Select(cause => new { cause = cause.Id, probability = cause.Probability }),
        somethingElse = outcome.SomethingElse,
        notUnderstood = outcome.NotUnderstood.Select(part => new { finding = part.Finding, reason = part.Reason }),
        unknownCauses = outcome.UnknownCauses,
        accounts = outcome.Accounts.Select(Of),
    };

    private static object Of(CauseAccount account) => new
    {
        cause = account.Cause,
        rank = account.Rank,
        probability = account.Probability,
        prior = account.Prior,
        total = account.Total,
        modifiers = account.Modifiers,
        @for = account.For.Select(Of),
        against = account.Against.Select(Of),
    };

    private static object Of(Weighed part) =>
        new { finding = part.Finding, value = part.Value, holds = part.Holds, weight = part.Weight };
}
