using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Commands;

/// <summary>The dialogue: the server's question, a line, the next question.</summary>
internal sealed class Interview(
    Terminal terminal, LegPainClient client, FindingCatalog catalog, string patient, bool clinician)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(terminal.Out);
    private readonly FreeText _freeText =
        new(terminal, client, clinician ? Informant.Clinician : Informant.Patient);

    private string? _typedAhead;

    /// <summary>Asks until nothing is worth asking, or the person stops.</summary>
    /// <returns>Whether anything is known of the patient.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var session = await client.BeginInterviewAsync(
            patient, clinician ? Respondent.Clinician : Respondent.Patient, AssessmentView.Full, cancellationToken);
        if (session.Turn.Question is not null && await BeginAsync(cancellationToken) is { Count: > 0 } told)
        {
            await AnswerAsync(session, told, cancellationToken);
        }

        while (session.Turn.Question is { } question)
        {
            if (catalog.Find(question.Finding) is not { } finding)
            {
                Say("This question needs a newer program.");
                break;
            }

            Ask(question, finding, session.Turn.Assessment);
            var answer = await ReadAsync(
                question, finding, session.Turn.Assessment.Episode, cancellationToken);
            if (answer is null)
            {
                Say("Stopped; what was answered counts.");
                return session.Turn.Assessment.Revision > 0;
            }

            await AnswerAsync(session, answer, cancellationToken);
        }

        Say(session.Turn.State switch
        {
            InquiryState.Emergency => "No further answer can change the urgency.",
            InquiryState.ExaminationNeeded => "Nothing is left to ask of you: an examination would tell more.",
            _ => "Nothing is left to ask that would change much.",
        });
        return session.Turn.Assessment.Revision > 0;
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

    private async Task AnswerAsync(
        InterviewSession session, IReadOnlyList<Observation> observations, CancellationToken cancellationToken)
    {
        await session.AnswerAsync(observations, cancellationToken: cancellationToken);
        new AssessmentRenderer(terminal.Out, SourceNames.None, catalog).WriteShort(session.Turn.Assessment);
    }

    /// <summary>
    /// Reads the newest that was told of a finding and stands: in this episode, or before if it outlives one.
    /// </summary>
    private async Task<Observation?> RecallAsync(
        Finding finding, Episode? episode, CancellationToken cancellationToken)
    {
        var told = new List<RecordedObservation>();
        await foreach (var item in client.ListEventsAsync(patient, cancellationToken: cancellationToken))
        {
            if (item.ObservationAmended is { } amended)
            {
                told.RemoveAll(one => one.Revision == amended.Revision && one.Index == amended.Index);
            }
            else if (finding.OutlivesEpisode || (episode is { Open: true } && item.Episode == episode.Number))
            {
                var reported = item.ObservationsReported?.Observations ?? [];
                told.AddRange(reported.Where(one => one.Observation.Finding == finding.Id));
            }
        }

        // Of two at one time the later recorded one is newer.
        return told.OrderBy(one => one.Observation.ObservedAt.ToDateTimeOffset()).LastOrDefault()?.Observation;
    }

    private void Ask(SuggestedQuestion question, Finding finding, Assessment assessment)
    {
        var about = assessment.RedFlags.FirstOrDefault(flag => flag.Id == question.About)?.Title
            ?? assessment.Causes.FirstOrDefault(cause => cause.Id == question.About)?.Name
            ?? question.About;
        _page.Blank();
        _page.Write(0, new Run(question.Question, Bold));
        _page.Write(0, new Run($"{Why(question.Reason)}: {about}", Dim));
        if (question.Reason == QuestionReason.Beginning)
        {
            _page.Write(2, "You said so. Since how many days?");
            return;
        }

        for (var i = 0; i < finding.Options.Count; i++)
        {
            _page.Write(2, string.Create(CultureInfo.InvariantCulture, $"{i + 1}) {finding.Options[i].Label}"));
        }
    }

    private static string Why(QuestionReason reason) => reason switch
    {
        QuestionReason.Exception => "asked because it would take back",
        QuestionReason.LikelyCause => "asked to tell apart",
        _ => "asked because of",
    };

    /// <summary>
    /// Reads lines until one is an answer, or a sentence that is confirmed; null when the person stops or the input
    /// ends.
    /// </summary>
    private async Task<IReadOnlyList<Observation>?> ReadAsync(
        SuggestedQuestion question, Finding finding, Episode? episode, CancellationToken cancellationToken)
    {
        var isBeginning = question.Reason == QuestionReason.Beginning;
        var hint = isBeginning ? AnswerReader.DaysHint : AnswerReader.Hint(finding);
        while (true)
        {
            var line = _typedAhead ?? await terminal.AskAsync($"[{hint}] > ", cancellationToken);
            _typedAhead = null;
            if (line is null || string.Equals(line.Trim(), AnswerReader.Stop, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            if (isBeginning && AnswerReader.TryReadDays(line, out var days))
            {
                return await TellBeginningAsync(finding, days, episode, cancellationToken);
            }

            var answer = isBeginning
                ? new(null, "Please answer a number of days, or ?.") : AnswerReader.Read(finding, line);
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

    /// <summary>
    /// What was told, told again with its beginning, or without one when that is not known; null when it is told so no
    /// more, because somebody else has reported since the question. What nobody told present follows from other
    /// answers: it is told with its beginning, or as not sure.
    /// </summary>
    private async Task<IReadOnlyList<Observation>?> TellBeginningAsync(
        Finding finding, double? days, Episode? episode, CancellationToken cancellationToken)
    {
        var told = await RecallAsync(finding, episode, cancellationToken);
        var again = told is { Presence: Presence.Present } ? told.Clone()
            : finding.FollowsFrom.Length > 0 ? AnswerReader.Read(finding, days is null ? "?" : "y").Observation
            : null;
        if (again is null)
        {
            Say("Somebody has reported otherwise since: begin again to be asked what is open now.");
            return null;
        }

        again.ObservedAt = null;
        again.StartedAt = days is { } ago
            ? Timestamp.FromDateTimeOffset(terminal.Clock.GetUtcNow() - TimeSpan.FromDays(ago)) : null;
        return [again];
    }

    private void Say(string text) => _page.Write(0, text);
}
