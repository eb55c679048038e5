using System.Globalization;
using LegPain.Cli.Notation;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;
using RedFlag = LegPain.Protocol.Triage.V1.RedFlag;

namespace LegPain.Cli.Rendering;

/// <summary>
/// Writes an assessment for a person: the urgency first, then why, what is likely, and what to do and ask.
/// </summary>
internal sealed class AssessmentRenderer(IAnsiConsole console, SourceNames sources, FindingCatalog catalog)
{
    private const int BarWidth = 20;
    private const int NameWidth = 46;
    private const int DetailColumn = 16;
    private const int EvidenceMax = 4;
    private const int ShortList = 3;

    /// <summary>A cause less likely than this is written without its evidence, unless it must not be missed.</summary>
    private const double EvidenceProbabilityMin = 0.02;

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes an assessment.</summary>
    /// <param name="assessment">What to write.</param>
    /// <param name="previous">What it is compared to; null for nothing.</param>
    /// <param name="full">True to leave nothing out that was sent.</param>
    public void Write(Assessment assessment, Assessment? previous = null, bool full = false)
    {
        WriteDisposition(assessment);
        if (previous is not null)
        {
            WriteChange(AssessmentChange.Between(previous, assessment), assessment);
        }

        WriteRedFlags(assessment, previous, full);
        WriteCauses(assessment, full);
        WriteList("Examine", assessment.Examinations, full,
            examination => full ? $"{examination.Name}. {examination.When}" : examination.Name);
        WriteAdvice(assessment, full ? null : previous, full);
        WriteQuestions(assessment, full);
        if (full)
        {
            WriteList("Scores", assessment.Scores, full, score => score.Lowest.Equals(score.Highest)
                ? FormattableString.Invariant($"{score.Name}: {score.Lowest:0.##}")
                : FormattableString.Invariant($"{score.Name}: {score.Lowest:0.##} to {score.Highest:0.##}"));
        }

        if (assessment.ChangesAt is { } changesAt)
        {
            _page.Blank();
            _page.Labeled("Holds until", $"{Times.Utc(changesAt.ToDateTimeOffset())}, if nothing new is reported");
        }
    }

    /// <summary>Writes an assessment in two lines.</summary>
    public void WriteShort(Assessment assessment)
    {
        var disposition = assessment.Disposition;
        _page.Write(0, UrgencyText.Badge(disposition.Urgency, _page), "  ", StatusText(assessment));
    }

    private void WriteDisposition(Assessment assessment)
    {
        var disposition = assessment.Disposition;
        _page.Write(
            0, UrgencyText.Badge(disposition.Urgency, _page), "  ",
            new Run(disposition.Act, UrgencyText.Ink(disposition.Urgency)));
        _page.Labeled(
            "Act", $"{UrgencyText.Within(disposition.ActWithin)}; {UrgencyText.Service(disposition.Service)}");
        _page.Labeled("Status", StatusText(assessment));
    }

    private static string StatusText(Assessment assessment)
    {
        var disposition = assessment.Disposition;
        if (assessment.Status == AssessmentStatus.Complete)
        {
            return "complete: no open question can change the urgency";
        }

        var lowest = UrgencyText.Word(disposition.Lowest);
        var highest = UrgencyText.Word(disposition.Highest);
        var range = disposition.Lowest == disposition.Highest ? highest : $"{lowest} .. {highest}";
        return FormattableString.Invariant(
            $"draft: open answers still allow {range}; {assessment.OpenQuestionCount} questions open");
    }

    private void WriteChange(AssessmentChange change, Assessment now)
    {
        _page.Blank();
        if (change.IsEmpty)
        {
            _page.Labeled("Changed", "nothing that counts");
            return;
        }

        var label = "Changed";
        if (change.UrgencyBefore is { } before)
        {
            var up = now.Disposition.Urgency > before;
            Say(new($"{Arrow(up)} urgency {UrgencyText.Word(before)} -> {UrgencyText.Word(now.Disposition.Urgency)}",
                UrgencyText.Ink(now.Disposition.Urgency)));
        }

        foreach (var flag in change.Raised)
        {
            Say($"{Arrow(true)} red flag raised: {flag.Title}");
        }

        foreach (var (flag, cleared) in change.Fallen)
        {
            Say($"{Arrow(false)} red flag {(cleared ? "cleared" : "open again")}: {flag.Title}");
        }

        if (change.ClearedCount > 0)
        {
            Say($"{Arrow(false)} {change.ClearedCount} open red flag(s) now cleared");
        }

        foreach (var shift in change.Causes)
        {
            Say($"{Arrow(shift.After > shift.Before)} {shift.Name} {Percent(shift.Before)} -> {Percent(shift.After)}");
        }

        foreach (var cause in change.NewCauses)
        {
            var name = AssessmentChange.CauseName(cause);
            Say($"{Arrow(true)} {name} is now among the leading causes, {Percent(cause.Probability)}");
        }

        foreach (var cause in change.LostCauses)
        {
            var name = AssessmentChange.CauseName(cause);
            Say($"{Arrow(false)} {name} is no longer among the leading causes, {Percent(cause.Probability)} before");
        }

        void Say(Run run)
        {
            _page.Labeled(label, run);
            label = string.Empty;
        }
    }

    private void WriteRedFlags(Assessment assessment, Assessment? previous, bool full)
    {
        var known = previous?.RedFlags.Where(flag => flag.State == RedFlagState.Raised)
            .ToDictionary(flag => flag.Id, flag => flag.Grounds, StringComparer.Ordinal) ?? [];
        _page.Blank();
        var raised = assessment.RedFlags.Where(flag => flag.State == RedFlagState.Raised).ToList();
        _page.Labeled("Red flags", new Run($"{raised.Count} raised", Bold),
            $", {assessment.OpenRedFlags.Count} open, {assessment.ClearedRedFlags.Count} cleared");
        var names = assessment.Examinations.ToDictionary(e => e.Id, e => e.Name, StringComparer.Ordinal);
        foreach (var flag in raised)
        {
            if (!full && known.TryGetValue(flag.Id, out var grounds) && grounds.SequenceEqual(flag.Grounds))
            {
                WriteFlag(flag, "; as before");
                continue;
            }

            WriteFlag(flag);
            Detail("because", flag.Because);
            Detail("grounds", string.Join(", ", flag.Grounds));
            Detail("settled by", names.GetValueOrDefault(flag.Discriminator, flag.Discriminator));
            Detail("sources", sources.Of(flag.Sources));
        }

        foreach (var flag in full ? assessment.RedFlags.Where(flag => flag.State == RedFlagState.Open) : [])
        {
            WriteFlag(flag);
            Detail("waits for", string.Join(", ", flag.OpenFindings));
        }
    }

    private void WriteFlag(RedFlag flag, string note = "")
    {
        var mark = flag.State == RedFlagState.Raised ? "!" : "?";
        var ink = flag.State == RedFlagState.Raised ? UrgencyText.Ink(flag.Urgency) : Style.Plain;
        _page.WriteHanging(
            2, new Run($"{mark} {flag.Title}", ink),
            new Run($"  {UrgencyText.Word(flag.Urgency)}, {UrgencyText.Within(flag.ActWithin)}{note}", Dim));
    }

    private void Detail(string label, string text)
    {
        if (text.Length > 0)
        {
            _page.Labeled($"    {label}", DetailColumn, text);
        }
    }

    private void WriteCauses(Assessment assessment, bool full)
    {
        _page.Blank();
        _page.Labeled(
            "Causes", new Run("possible origins, no diagnosis; (x) is the likelihood ratio of an answer", Dim));
        foreach (var cause in assessment.Causes)
        {
            var name = Fit(AssessmentChange.CauseName(cause), NameWidth);
            var share = (int)Math.Round(cause.Probability * BarWidth);
            var (block, rest) = _page.HasUnicode ? ('█', '░') : ('#', '.');
            _page.Write(2, new Run(name.PadRight(NameWidth), Bold, Unbroken: true), " ",
                new Run(new string(block, share), new Style(cause.MustNotMiss ? Color.Orange1 : Color.DodgerBlue1)),
                new Run(new string(rest, BarWidth - share), Dim), " ",
                new Run(Percent(cause.Probability).PadLeft(4), Unbroken: true),
                new Run(cause.MustNotMiss ? "  must not be missed" : string.Empty, Dim));
            if (!full && !cause.MustNotMiss && cause.Probability < EvidenceProbabilityMin)
            {
                continue;
            }

            var max = full ? int.MaxValue : EvidenceMax;
            Detail("for", Evidence(EvidenceText.For(cause).Take(max)));
            Detail("against", Evidence(EvidenceText.Against(cause).Take(max)));
        }
    }

    private string Evidence(IEnumerable<Contribution> contributions) =>
        string.Join(", ", contributions.Select(contribution => EvidenceText.Of(contribution, _page.HasUnicode)));

    /// <summary>Writes the advice; of what was said before only that it still holds.</summary>
    private void WriteAdvice(Assessment assessment, Assessment? previous, bool full)
    {
        var known = previous?.Advice.Select(advice => advice.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        var fresh = assessment.Advice.Where(advice => !known.Contains(advice.Id)).ToList();
        if (fresh.Count == 0 && assessment.Advice.Count > 0)
        {
            _page.Blank();
            _page.Labeled("Meanwhile", new Run("the same advice as before", Dim));
        }

        WriteList("Meanwhile", fresh, full,
            advice => advice.DoNot.Length > 0 ? $"{advice.Do} {advice.DoNot}" : advice.Do, assessment.Advice.Count);
    }

    /// <summary>Writes what to ask the patient in full, and what to examine and measure by id.</summary>
    private void WriteQuestions(Assessment assessment, bool full)
    {
        var byWho = assessment.Questions.ToLookup(
            question => catalog.Find(question.Finding)?.AnsweredBy ?? AnsweredBy.Unspecified);
        var told = byWho[AnsweredBy.Patient].Concat(byWho[AnsweredBy.Unspecified]).ToList();
        WriteList("Ask next", told, full, question => $"{question.Question} ({question.Finding})", told.Count);
        Ids("Look for", byWho[AnsweredBy.Clinician]);
        Ids("Measure", byWho[AnsweredBy.Measurement]);
        if (assessment.OpenQuestionCount - assessment.Questions.Count is var rest and > 0)
        {
            _page.Labeled(string.Empty, new Run($"and {rest} questions after these", Dim));
        }

        void Ids(string label, IEnumerable<OpenQuestion> questions)
        {
            if (questions.Any())
            {
                _page.Labeled(label, string.Join(", ", questions.Select(question => question.Finding)));
            }
        }
    }

    private void WriteList<T>(
        string label, IReadOnlyCollection<T> items, bool full, Func<T, string> say, int? total = null)
    {
        if (items.Count == 0)
        {
            return;
        }

        _page.Blank();
        var shown = full ? items.Count : Math.Min(ShortList, items.Count);
        foreach (var item in items.Take(shown))
        {
            _page.Bullet(label, say(item));
            label = string.Empty;
        }

        if ((total ?? items.Count) - shown is var more and > 0)
        {
            _page.Labeled(label, new Run($"and {more} more", Dim));
        }
    }

    private string Arrow(bool up) => _page.HasUnicode ? (up ? "▲" : "▼") : (up ? "+" : "-");

    /// <summary>Returns a text cut to a width.</summary>
    public static string Fit(string text, int width) => text.Length <= width ? text : $"{text[..(width - 2)]}..";

    /// <summary>Returns a probability in whole percent; what is small and not nothing says so.</summary>
    public static string Percent(double probability) => probability switch
    {
        0 => "0%",
        < 0.01 => "<1%",
        > 0.99 and < 1 => ">99%",
        _ => probability.ToString("0%", CultureInfo.InvariantCulture),
    };
}
