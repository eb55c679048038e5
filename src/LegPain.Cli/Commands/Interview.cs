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

    /// <summary>Asks until the assessment is complete, nothing is left to ask, or the person stops.</summary>
    /// <returns>Whether anything is known of the patient.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var assessment = await InterviewCommand.StartAsync(client, patient, catalog.First.Id, cancellationToken);
        while (assessment.Status != AssessmentStatus.Complete && Next(assessment) is var (question, finding))
        {
            Ask(question, finding, assessment);
            var answer = await ReadAsync(finding, cancellationToken);
            if (answer is null)
            {
                Say("Stopped; what was answered is stored.");
                return assessment.Revision > 0;
            }

            _asked.Add(finding.Id);
            assessment = await client.ReportObservationsAsync(
                patient, [answer], new() { View = AssessmentView.Full }, cancellationToken);
            new AssessmentRenderer(terminal.Out, SourceNames.None, catalog).WriteShort(assessment);
        }

        Say(assessment.Status == AssessmentStatus.Complete
            ? "No further answer can change the urgency." : "Nothing is left to ask of you.");
        return assessment.Revision > 0;
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

    /// <summary>Reads lines until one is an answer; null when the person stops or the input ends.</summary>
    private async Task<Observation?> ReadAsync(Finding finding, CancellationToken cancellationToken)
    {
        while (true)
        {
            terminal.Out.Write(new Text($"[{AnswerReader.Hint(finding)}] > "));
            var line = await terminal.In.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
            if (!terminal.IsInputInteractive)
            {
                terminal.Out.WriteLine(line ?? string.Empty);
            }

            if (line is null || string.Equals(line.Trim(), AnswerReader.Stop, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            var answer = AnswerReader.Read(finding, line);
            if (answer.Observation is not null)
            {
                return answer.Observation;
            }

            Say(answer.Problem!);
        }
    }

    private void Say(string text) => _page.Write(0, text);
}
