using LegPain.Protocol.Knowledge.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Writes what the knowledge holds for a person.</summary>
internal sealed class KnowledgeRenderer(IAnsiConsole console, SourceNames? sources = null)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);
    private readonly SourceNames _sources = sources ?? SourceNames.None;

    /// <summary>Writes a finding in a few lines: how to report it, and what it asks.</summary>
    public void WriteShort(Finding finding)
    {
        _page.Write(0, new Run(finding.Id, Bold), new Run($"  {How(finding)}", Dim));
        _page.Write(2, finding.Question);
    }

    /// <summary>Writes what was found of an id.</summary>
    public void Write(Finding? finding, Cause? cause, RedFlag? redFlag)
    {
        if (finding is not null)
        {
            WriteFinding(finding);
        }

        if (cause is not null)
        {
            WriteCause(cause);
        }

        if (redFlag is not null)
        {
            WriteRedFlag(redFlag);
        }
    }

    private void WriteFinding(Finding finding)
    {
        _page.Rule($"Finding {finding.Id}");
        _page.Labeled("Question", finding.Question);
        _page.Labeled("Present", finding.Definition);
        _page.Labeled("Report", How(finding));
        _page.Labeled("Asked of", Who(finding.AnsweredBy));
        _page.Labeled("Lives", finding.OutlivesEpisode ? "with the person: outlives an episode" : "with the episode");
        foreach (var option in finding.Options)
        {
            _page.Write(2, new Run(option.Id, Bold), $": {option.Label}",
                option.Id == finding.AbsentOption ? $" (the same as no:{finding.Id})" : string.Empty);
        }
    }

    private void WriteCause(Cause cause)
    {
        _page.Rule($"Cause {cause.Id}");
        _page.Labeled("Name", new Run(cause.Name, Bold), cause.MustNotMiss ? ", must not be missed" : string.Empty);
        _page.Labeled("Is", cause.Definition);
        _page.Labeled("Urgency", $"usually {cause.DefaultUrgency}");
        _page.Labeled(
            "Before all",
            FormattableString.Invariant($"{cause.Prior:0.##%} of people who come with leg pain ({cause.PriorBasis})"));
        _page.Labeled("ICD-10", string.Join(", ", cause.Icd10));
        _page.Labeled("Evidence", new Run("likelihood ratios: when it is so / when it is asked and is not", Dim));
        foreach (var row in cause.Evidence)
        {
            _page.Write(2, new Run(Answer(row), Bold),
                FormattableString.Invariant($"  {row.RatioPresent:0.##} / {row.RatioAbsent:0.##}  {row.Basis}  "),
                new Run(string.Join(", ", row.Sources), Dim));
        }
    }

    private void WriteRedFlag(RedFlag flag)
    {
        _page.Rule($"Red flag {flag.Id}");
        _page.Labeled("Title", new Run(flag.Title, Bold));
        _page.Labeled("Because", flag.Because);
        _page.Labeled("When", string.Join(' ', flag.When.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        _page.Labeled("Urgency", flag.ActWithinHours == 0
            ? $"{flag.Urgency}, now"
                : FormattableString.Invariant($"{flag.Urgency}, within {flag.ActWithinHours:0.#} hours"));
        _page.Labeled("Suspects", string.Join(", ", flag.Suspects));
        _page.Labeled("Settled by", flag.Discriminator);
        _page.Labeled("Basis", flag.Basis);
        _page.Labeled("Sources", _sources.Of(flag.Sources));
    }

    private static string Answer(Evidence row) => row.Value is "present" ? row.Finding
        : row.Value[0] is '<' or '>' or '=' ? row.Finding + row.Value : $"{row.Finding}={row.Value}";

    private static string How(Finding finding) => finding.Kind switch
    {
        FindingKind.Boolean => $"{finding.Id} or no:{finding.Id}",
        FindingKind.Number => FormattableString.Invariant(
            $"{finding.Id}=N, {finding.Minimum} to {finding.Maximum} {finding.Unit}"),
        FindingKind.Choice => $"{finding.Id}={string.Join('|', finding.Options.Select(option => option.Id))}",
        FindingKind.Choices =>
            $"{finding.Id}=one or more of {string.Join(',', finding.Options.Select(option => option.Id))}",
        _ => "of a kind that this program does not know",
    };

    private static string Who(AnsweredBy who) => who switch
    {
        AnsweredBy.Patient => "the patient",
        AnsweredBy.Clinician => "a clinician who examines",
        AnsweredBy.Measurement => "an instrument, a laboratory or an image",
        _ => "unknown to this program",
    };
}
