using System.Globalization;
using LegPain.Cli.Rendering;
using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>What the text and the page say in the same words.</summary>
internal static class Wording
{
    /// <summary>What must be said beside every figure of calibration.</summary>
    public const string CalibrationNote =
        "Exam banks and case reports are not practice: dangerous causes are far more frequent here than among people "
        + "who seek care. Calibration against them tells how well probabilities fit an exam, not a waiting room.";

    /// <summary>What must be said beside every count of questions.</summary>
    public static readonly string InterviewNote =
        "Simulated patients. At first age, sex and where it hurts are known; then the patient answers what the "
        + "vignette says. What it does not say is answered absent, or not known where a finding cannot be absent, and "
        + "what is "
        + FormattableString.Invariant($"asked since when began with the complaint, or {SimulatedPatient.DaysDefault} ")
        + "days ago. A closed world is optimistic: people are less sure, and have more than their record says.";

    /// <summary>Why asking can end.</summary>
    public static readonly IReadOnlyList<InquiryState> Ends =
        [InquiryState.Emergency, InquiryState.Settled, InquiryState.ExaminationNeeded];

    private const int CausesShown = 5;

    /// <summary>Returns an urgency as packs write it; the wire has the same numbers.</summary>
    public static string Word(Urgency urgency) => UrgencyText.Word((Protocol.Triage.V1.Urgency)urgency);

    /// <summary>Returns why asking ended.</summary>
    public static string Word(InquiryState end) => end switch
    {
        InquiryState.Emergency => "emergency",
        InquiryState.ExaminationNeeded => "examination-needed",
        _ => "settled",
    };

    /// <summary>Returns the figures of a set of answers, in the order they are shown.</summary>
    public static IReadOnlyList<(string Label, Proportion Proportion)> Figures(Scores scores) =>
    [
        ("the first cause is right", scores.Top1),
        ("a right cause is among the first 3", scores.Top3),
        ("a right cause is among the first 5", scores.Top5),
        ("urgency exact", scores.Exact),
        ("urgency acceptable", scores.Acceptable),
        ("urgency one level under", scores.OneLevelUnder),
        ("hazardous: immediate answered routine or self-care", scores.Hazardous),
        ("over-triage by 2 levels or more", scores.OverByTwo),
        ("over-triage by 2 or more above all acceptable levels", scores.OverAcceptableByTwo),
        ("safe, strictly: never below the right urgency", scores.NeverBelowGold),
        ("safe, widely: at most one level below it", scores.AtMostOneBelowGold),
        ("never below the acceptable levels", scores.NeverBelowAcceptable),
    ];

    /// <summary>Returns what is covered, and how long the lists are.</summary>
    public static IReadOnlyList<(string Label, string Text)> Coverage(EvaluationReport report) =>
    [
        ("every observation understood", report.Understood.ToString()),
        ("a right cause is in the knowledge", report.GoldKnown.ToString()),
        ("findings told", report.Findings.ToString()),
        ("causes listed", report.ListLength.ToString()),
        (FormattableString.Invariant($"of them at least {100 * EvaluationReport.LikelyMin:0} % likely"),
            report.LikelyLength.ToString()),
    ];

    /// <summary>Returns how many questions it took.</summary>
    public static IReadOnlyList<(string Label, string Text)> Interviews(InterviewFigures figures) =>
    [
        ("until the urgency is closed, best question first", figures.Considered.ToUrgency.ToString()),
        ("until the urgency is closed, in the order of the pack", figures.InOrder.ToUrgency.ToString()),
        ("until asking ends, best question first", figures.Considered.ToEnd.ToString()),
        ("until asking ends, in the order of the pack", figures.InOrder.ToEnd.ToString()),
        ("urgency closed with fewer questions, best first", figures.Shorter.ToString()),
        ("asking ends, best question first", string.Join(", ", Ends.Select(
            end => string.Create(CultureInfo.InvariantCulture, $"{figures.Ended(end)} {Word(end)}")))),
    ];

    /// <summary>Returns the scores of calibration with their ranges.</summary>
    public static string Brier(Calibration calibration) =>
        FormattableString.Invariant(
            $"Brier score of the leading cause {calibration.BrierLeading:0.000} (0 to 1), of all causes together ")
        + FormattableString.Invariant($"{calibration.BrierMultiClass:0.000} (0 to 2); 0 is perfect.");

    /// <summary>
    /// Returns the ranges of probability: the range, then mean stated and how often right, of every cause and of the
    /// leading one.
    /// </summary>
    public static IEnumerable<string[]> CalibrationRows(Calibration calibration) =>
        calibration.Curve.Zip(calibration.LeadingCurve, (every, leading) => (string[])
        [
            FormattableString.Invariant($"{100 * every.From:0}-{100 * every.To:0} %"),
            Percent(every.MeanStated), every.Right.ToString(), Percent(leading.MeanStated), leading.Right.ToString(),
        ]);

    /// <summary>Returns the right urgency and the other acceptable ones.</summary>
    public static string Right(Gold gold)
    {
        var others = gold.UrgencyAcceptable.Where(urgency => urgency != gold.Urgency).Select(Word).ToList();
        return Word(gold.Urgency) + (others.Count == 0 ? "" : $" (or {string.Join(", ", others)})");
    }

    /// <summary>Returns the urgency answered and what decided it.</summary>
    public static string DecidedBy(Outcome outcome)
    {
        var (isRedFlag, by, grounds) = outcome.Decision;
        return $"{Word(outcome.Urgency)} by {(isRedFlag ? "red flag" : "the leading cause")} {string.Join(", ", by)}"
            + (grounds.Count == 0 ? "" : $" ({string.Join(", ", grounds)})");
    }

    /// <summary>Returns the first causes with their probabilities.</summary>
    public static string First(Outcome outcome) => string.Join(
        ", ", outcome.Listed.Take(CausesShown).Select(cause => $"{cause.Id} {Percent(cause.Probability)}"));

    /// <summary>Returns the place of a cause, and its log-odds before and after the evidence.</summary>
    public static string Place(CauseAccount account)
    {
        var modifiers = account.Modifiers.Count == 0 ? ""
            : $"; prior changed by {string.Join("; ", account.Modifiers)}";
        return account.Rank is { } rank
            ? FormattableString.Invariant($"{account.Cause}, place {rank}, {Percent(account.Probability)}: ")
                + FormattableString.Invariant($"log-odds {account.Prior:0.00} before, {account.Total:0.00} after the ")
                + $"evidence{modifiers}"
            : $"{account.Cause}, closed{modifiers}";
    }

    /// <summary>Returns what speaks, with likelihood ratios, strongest first.</summary>
    public static string Evidence(IReadOnlyList<Weighed> parts, bool unicode) => string.Join(", ", parts.Select(
        part => EvidenceText.Of(part.Finding, part.Value, part.Holds, part.Weight, unicode)));

    private static string Percent(double? share) => share is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * known:0.#} %") : "";
}
