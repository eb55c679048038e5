using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>Reads a state: as it is, under other knowledge, or with what is supposed. Stores nothing.</summary>
public static class PatientReader
{
    /// <summary>Reads a state as it is.</summary>
    /// <param name="state">The state.</param>
    /// <param name="knowledge">The knowledge to assess with.</param>
    /// <param name="at">The moment to assess for.</param>
    public static PatientReading Read(PatientState state, KnowledgeBase knowledge, DateTimeOffset at)
    {
        var @case = ClinicalCase.Build(knowledge, state.Histories(), at);
        return new(state.Revision, state.RecordedAt, at, state.Episode, state.EpisodeOpen, state.EpisodeStartedAt,
            PatientTelemetry.Assess(@case), Assessor.NextChange(@case, at));
    }

    /// <summary>Reads a state on some terms.</summary>
    /// <param name="state">The state at the revision that is wanted.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="library">What is loaded.</param>
    /// <param name="at">The moment to assess for.</param>
    /// <param name="now">The time of the call.</param>
    /// <returns>The reading, of the revision of the state; or the refusal.</returns>
    public static PatientReply Read(
        PatientState state, ReadingTerms terms, KnowledgeLibrary library, DateTimeOffset at, DateTimeOffset now)
    {
        var knowledge = terms.KnowledgeHash is { } hash ? library.Find(hash) : library.InForce;
        if (knowledge is null)
        {
            return new(null, Refusal.Of(RefusalReason.KnowledgeNotLoaded, state.Revision));
        }

        if (terms.ForNextReport)
        {
            state = state.ForNextReport();
        }

        if (terms.Supposed.Count == 0)
        {
            return new(Read(state, knowledge, at), null);
        }

        var supposed = terms.Supposed.Select(one => one with { Observation = Newest(one.Observation, state, at) });
        var decision = PatientDecider.Suppose(state, [.. supposed], knowledge, now > at ? now : at);
        return decision.Event is { } happens
            ? new(
                Read(state.Apply(happens, state.RecordedAt), knowledge, at) with
                {
                    Revision = state.Revision,
                    EpisodeOpen = state.EpisodeOpen,
                },
                null)
            : new(null, decision.Refusal);
    }

    /// <summary>What is supposed without a time answers its question, however late it was answered before.</summary>
    private static Observation Newest(Observation supposed, PatientState state, DateTimeOffset at)
    {
        if (supposed.ObservedAt != DateTimeOffset.MaxValue)
        {
            return supposed;
        }

        var known = state.Newest(supposed.Finding)?.ObservedAt;
        return ObservationCheck.Timed(supposed, known > at ? known.Value : at);
    }
}
