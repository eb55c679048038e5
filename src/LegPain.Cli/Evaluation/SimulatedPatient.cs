using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>Answers for the patient of a vignette, in a closed world: what it does not say is not so.</summary>
/// <remarks>
/// At first the patient is known by age, sex and where it hurts, as far as the vignette says. A finding that the
/// vignette says nothing of is answered absent; one that cannot be absent, such as a measured value, is not known.
/// </remarks>
internal sealed class SimulatedPatient
{
    /// <summary>Days since a finding began, where the vignette does not say how long it all has lasted.</summary>
    public const double DaysDefault = 3;

    private const string Sex = "sex";

    private readonly KnowledgeBase _knowledge;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, Observation> _record;
    private readonly Dictionary<string, Observation> _told;
    private readonly DateTimeOffset _began;

    /// <summary>Makes a patient that has told nothing but age, sex and place.</summary>
    /// <param name="vignette">What the patient has. What the knowledge cannot take is left out.</param>
    /// <param name="knowledge">The vocabulary.</param>
    /// <param name="now">The moment of every answer.</param>
    public SimulatedPatient(Vignette vignette, KnowledgeBase knowledge, DateTimeOffset now)
    {
        _knowledge = knowledge;
        _now = now;
        var (observations, _) = VignetteReader.Read(vignette.Observations, knowledge, now);
        _record = observations.ToDictionary(observation => observation.Finding, StringComparer.Ordinal);
        var places = knowledge.SiteFindings.Select(site => knowledge.Findings[site].Group).ToHashSet();
        _told = _record.Values
            .Where(one => one.Finding == knowledge.Model.AgeFinding.Id || one.Finding == Sex
                || places.Contains(knowledge.FindFinding(one.Finding)!.Group))
            .ToDictionary(observation => observation.Finding, StringComparer.Ordinal);
        var days = _record.GetValueOrDefault(knowledge.Model.EpisodeStartFinding.Id)?.Number ?? DaysDefault;
        _began = now.AddDays(-days);
    }

    /// <summary>Returns whether a finding was asked or told.</summary>
    public bool HasTold(Finding finding) => _told.ContainsKey(finding.Id);

    /// <summary>Returns every question the patient should be asked now, the best first.</summary>
    public Inquiry Inquire() => Inquirer.Next(
        Assessor.Assess(ClinicalCase.Build(_knowledge, ClinicalCase.Group(_told.Values), _now)),
        static (finding, _) => finding.AnsweredBy == AnsweredBy.Patient,
        int.MaxValue);

    /// <summary>Answers one question.</summary>
    /// <param name="finding">What is asked.</param>
    /// <param name="sinceWhen">Whether the question is since when, and not whether.</param>
    public void Answer(Finding finding, bool sinceWhen) => _told[finding.Id] = sinceWhen
        ? (_told.GetValueOrDefault(finding.Id) ?? Say(finding, Presence.Present)) with { StartedAt = _began }
        : _record.GetValueOrDefault(finding.Id) ?? Missing(finding);

    private Observation Missing(Finding finding)
    {
        var absent = Say(finding, Presence.Absent);
        return ObservationCheck.Check([absent], [null], _knowledge, _now, bornAfter: null).Count == 0
            ? absent : Say(finding, Presence.Unknown);
    }

    private Observation Say(Finding finding, Presence presence) => new(finding.Id, presence, null, [], _now);
}
