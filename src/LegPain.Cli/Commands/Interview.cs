using System.Globalization;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Commands;

/// <summary>The dialogue: the server's first open question, a line, a report, and again.</summary>
internal sealed class Interview(
    Terminal terminal, LegPainClient client, FindingCatalog catalog, string patient, bool clinician)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(terminal.Out);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly FreeText _freeText =
        new(terminal, client, clinician ? Informant.Clinician : Informant.Patient);

    private string? _typedAhead;

    /// <summary>Asks until the assessment is complete, nothing is left to ask, or the person stops.</summary>
    /// <returns>Whether anything is known of the patient.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var assessment = await InterviewCommand.StartAsync(client, patient, catalog.First.Id, cancellationToken);
        if (await BeginAsync(cancellationToken) is { Count: > 0 } told)
        {
            assessment = await ReportAsync(told, cancellationToken);
        }

        while (assessment.Status != AssessmentStatus.Complete && Next(assessment) is var (question, finding))
        {
            Ask(question, finding, assessment);
            var answer = await ReadAsync(finding, cancellationToken);
            if (answer is null)
            {
                Say("Stopped; what was answered is stored.");
                return assessment.Revision > 0;
            }

            _asked.UnionWith(answer.Select(observation => observation.Finding));
            assessment = await ReportAsync(answer, cancellationToken);
        }

        Say(assessment.Status == AssessmentStatus.Complete
            ? "No further answer can change the urgency." : "Nothing is left to ask of you.");
        return assessment.Revision > 0;
    }

    /// <summary>
    /// Offers to begin in the person's own words. A line that is no sentence is the answer to the first question.
    /// </summary>
    private async Task<IReadOnlyList<Observation>> BeginAsync(CancellationToken cancellationToken)
    {
        var line = await terminal.AskAsync("Tell in your own words, or press Enter > ", cancellationToken);
        if (line is not null && FreeText.IsSentence(line))
        {
            return await _freeText.ProposeAsync(line, cancellationToken);
        }

        _typedAhead = string.IsNullOrWhiteSpace(line) ? null : line;
        return [];
    }

    private async Task<Assessment> ReportAsync(
        IReadOnlyList<Observation> observations, CancellationToken cancellationToken)
    {
        var assessment = await client.ReportObservationsAsync(
            patient, observations, new() { View = AssessmentView.Full }, cancellationToken);
        new AssessmentRenderer(terminal.Out, SourceNames.None, catalog).WriteShort(assessment);
        return assessment;
    }

    private (OpenQuestion Question, Finding Finding)? Next(Assessment assessment)
    {
        foreach (var question in assessment.Questions)
        {
            if (!_asked.Contains(question.Finding) && catalog.Find(question.Finding) is { } finding
                && (clinician || finding.AnsweredBy == AnsweredBy.Patient))
            {
                return (question, finding);
            }
        }

        return null;
    }

    private void Ask(OpenQuestion question, Finding finding, Assessment assessment)
    {
        var about = question.Reason == QuestionReason.OpenRedFlag
            ? assessment.RedFlags.FirstOrDefault(flag => flag.Id == question.About)?.Title ?? question.About
            : question.About;
        _page.Blank();
        _page.Write(0, new Run(question.Question, Bold));
        _page.Write(0, new Run($"asked because of: {about}", Dim));
        for (var i = 0; i < finding.Options.Count; i++)
        {
            _page.Write(2, string.Create(CultureInfo.InvariantCulture, $"{i + 1}) {finding.Options[i].Label}"));
        }
    }

    /// <summary>
    /// Reads lines until one is an answer, or a sentence that is confirmed; null when the person stops or the input
    /// ends.
    /// </summary>
    private async Task<IReadOnlyList<Observation>?> ReadAsync(Finding finding, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = _typedAhead
                ?? await terminal.AskAsync($"[{AnswerReader.Hint(finding)}] > ", cancellationToken);
            _typedAhead = null;
            if (line is null || string.Equals(line.Trim(), AnswerReader.Stop, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            var answer = AnswerReader.Read(finding, line);
            if (answer.Observation is not null)
            {
                return [answer.Observation];
            }

            if (!FreeText.IsSentence(line))
            {
                Say(answer.Problem!);
            }
            else if (await _freeText.ProposeAsync(line, cancellationToken) is { Count: > 0 } told)
            {
                return told;
            }
        }
    }

    private void Say(string text) => _page.Write(0, text);
}
