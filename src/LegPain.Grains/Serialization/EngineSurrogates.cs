using System.Runtime.InteropServices;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Serialization;

/// <summary>How an observation crosses a grain call: the engine itself knows nothing of Orleans.</summary>
[GenerateSerializer, Immutable, Alias("legpain.Observation")]
internal readonly record struct ObservationSurrogate(
    [property: Id(0)] string Finding,
    [property: Id(1)] Presence Presence,
    [property: Id(2)] double? Number,
    [property: Id(3)] string[] Options,
    [property: Id(4)] DateTimeOffset ObservedAt,
    [property: Id(5)] DateTimeOffset? StartedAt);

[RegisterConverter]
internal sealed class ObservationConverter : IConverter<Observation, ObservationSurrogate>
{
    public Observation ConvertFromSurrogate(in ObservationSurrogate surrogate) => new(
        surrogate.Finding, surrogate.Presence, surrogate.Number, surrogate.Options,
        surrogate.ObservedAt, surrogate.StartedAt);

    public ObservationSurrogate ConvertToSurrogate(in Observation value) => new(
        value.Finding, value.Presence, value.Number, [.. value.Options], value.ObservedAt, value.StartedAt);
}

/// <summary>How an assessment crosses a grain call: arrays of plain structs, as their bytes.</summary>
/// <remarks>Both ends have the same program, and the knowledge with this hash loaded (src/decisions/0012).</remarks>
[GenerateSerializer, Immutable, Alias("legpain.Assessment")]
internal readonly record struct AssessmentSurrogate(
    [property: Id(0)] string KnowledgeHash,
    [property: Id(1)] byte[] Answers,
    [property: Id(2)] byte[] Series,
    [property: Id(3)] Urgency Urgency,
    [property: Id(4)] TimeSpan? ActWithin,
    [property: Id(5)] DispositionBasis Basis,
    [property: Id(6)] Urgency Lowest,
    [property: Id(7)] Urgency Highest,
    [property: Id(8)] byte[] RedFlags,
    [property: Id(9)] byte[] Scores,
    [property: Id(10)] byte[] Ranking,
    [property: Id(11)] byte[] Contributions,
    [property: Id(12)] int[] Declined);

[RegisterConverter]
internal sealed class AssessmentConverter(KnowledgeLibrary library) : IConverter<Assessment, AssessmentSurrogate>
{
    public Assessment ConvertFromSurrogate(in AssessmentSurrogate surrogate) => Assessment.FromData(
        new(
            surrogate.KnowledgeHash,
            Structs<CaseAnswer>(surrogate.Answers),
            Structs<SeriesPoint>(surrogate.Series),
            surrogate.Declined,
            new(surrogate.Urgency, surrogate.ActWithin, surrogate.Basis, surrogate.Lowest, surrogate.Highest),
            Structs<Truth>(surrogate.RedFlags),
            Structs<ScoreRange>(surrogate.Scores),
            Structs<RankedCause>(surrogate.Ranking),
            Structs<Contribution>(surrogate.Contributions)),
        library.Find(surrogate.KnowledgeHash)
            ?? throw new InvalidOperationException("An assessment came that was made with knowledge not loaded here."));

    public AssessmentSurrogate ConvertToSurrogate(in Assessment value)
    {
        var data = value.ToData();
        return new(
            data.KnowledgeHash,
            Bytes<CaseAnswer>(data.Answers),
            Bytes<SeriesPoint>(data.Series),
            data.Disposition.Urgency,
            data.Disposition.ActWithin,
            data.Disposition.Basis,
            data.Disposition.Lowest,
            data.Disposition.Highest,
            Bytes<Truth>(data.RedFlags),
            Bytes<ScoreRange>(data.Scores),
            Bytes<RankedCause>(data.Ranking),
            Bytes<Contribution>(data.Contributions),
            data.Declined);
    }

    private static byte[] Bytes<T>(ReadOnlySpan<T> structs)
        where T : unmanaged => MemoryMarshal.AsBytes(structs).ToArray();

    private static T[] Structs<T>(byte[] bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();
}
