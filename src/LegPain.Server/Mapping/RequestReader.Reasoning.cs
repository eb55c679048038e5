using LegPain.Engine.Knowledge;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>What to reason about.</summary>
/// <param name="Patient">The caller's id of the patient; null for observations of nobody.</param>
/// <param name="Observations">The observations of nobody; empty for a patient.</param>
/// <param name="Knowledge">The knowledge that is asked for; null for the one in force.</param>
/// <param name="Terms">The terms of the reading.</param>
internal sealed record Subject(
    string? Patient, IReadOnlyList<ReportedObservation> Observations, KnowledgeBase? Knowledge, ReadingTerms Terms);

/// <content>Reads what reasoning is about.</content>
internal sealed partial class RequestReader
{
    /// <summary>The field of a subject's observations.</summary>
    public const string SubjectObservations = "subject.observations";

    /// <summary>The field of an alternative's observations.</summary>
    public const string AlternativeObservations = "alternative.observations";

    private bool _knowledgeNotLoaded;

    /// <summary>Reads which of the loaded knowledge is asked for.</summary>
    /// <returns>Null when none is, and after a fault.</returns>
    public KnowledgeBase? Knowledge(string field, KnowledgeVersion? wanted, KnowledgeLibrary library)
    {
        if (wanted is null)
        {
            return null;
        }

        if (wanted.Id.Length + wanted.Version.Length + wanted.Hash.Length == 0)
        {
            Fault($"{field}.version", FieldReason.Missing, "A version, a hash or both.");
            return null;
        }

        var found = library.Match(wanted.Id, wanted.Version, wanted.Hash);
        if (found.Count > 1)
        {
            Fault($"{field}.id", FieldReason.Ambiguous, "More than one is loaded that fits: add its id or its hash.");
            return null;
        }

        _knowledgeNotLoaded |= found.Count == 0;
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Reads a subject. All its faults and those of its values are kept.</summary>
    public Subject Subject(AssessmentSubject? subject, KnowledgeLibrary library, DateTimeOffset now)
    {
        if (subject is null)
        {
            Fault("subject", FieldReason.Missing, "A patient, or observations of nobody.");
            return new(null, [], null, new(null, null, null, []));
        }

        long? revision =
            subject.HasRevision ? Number("subject.revision", subject.Revision, 1, long.MaxValue) : null;
        var asOf = Time("subject.as_of", subject.AsOf);
        var knowledge = Knowledge("subject.knowledge", subject.Knowledge, library);
        var terms = new ReadingTerms(revision, asOf, knowledge?.Hash, []);
        if (subject.Observations.Count == 0)
        {
            return new(Patient(subject.Patient, "subject.patient"), [], knowledge, terms);
        }

        if (subject.Patient.Length > 0)
        {
            Fault(SubjectObservations, FieldReason.Conflict, "Send a patient or observations, not both.");
        }

        if (subject.HasRevision)
        {
            Fault("subject.revision", FieldReason.Conflict, "Observations of nobody have no revision.");
        }

        var observations = Values(subject.Observations, SubjectObservations, knowledge ?? library.InForce, now);
        return new(null, observations, knowledge, terms);
    }

    /// <summary>Reads what is otherwise, as the terms of the other side.</summary>
    public ReadingTerms Alternative(
        Alternative? alternative, Subject subject, KnowledgeLibrary library, DateTimeOffset now)
    {
        if (alternative is not { Observations.Count: > 0 } and not { HasRevision: true } and not { AsOf: not null }
            and not { Knowledge: not null })
        {
            Fault("alternative", FieldReason.Missing, "Observations, a revision, a moment or knowledge.");
            return subject.Terms;
        }

        long? revision = alternative.HasRevision
            ? Number("alternative.revision", alternative.Revision, 1, long.MaxValue)
            : subject.Terms.Revision;
        if (alternative.HasRevision && subject.Observations.Count > 0)
        {
            Fault("alternative.revision", FieldReason.Conflict, "Observations of nobody have no revision.");
        }

        var asOf = Time("alternative.as_of", alternative.AsOf)
            ?? (revision == subject.Terms.Revision ? subject.Terms.AsOf : null);
        var knowledge = Knowledge("alternative.knowledge", alternative.Knowledge, library) ?? subject.Knowledge;
        var supposed = Values(
            alternative.Observations, AlternativeObservations, knowledge ?? library.InForce,
            asOf > now ? asOf.Value : now);
        return new(revision, asOf, knowledge?.Hash, supposed);
    }

    /// <summary>Reads observations and checks their values, unless the knowledge they need is not loaded.</summary>
    private IReadOnlyList<ReportedObservation> Values(
        IReadOnlyList<Observation> observations, string list, KnowledgeBase knowledge, DateTimeOffset now)
    {
        var read = Read(observations, list, least: 0);
        if (!_knowledgeNotLoaded)
        {
            CheckValues(read, list, knowledge, now);
        }

        return [.. read.OfType<ReportedObservation>()];
    }
}
