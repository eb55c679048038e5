using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Grains.Tests.Cluster;
using LegPain.Grains.Tests.Patient;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LegPain.Grains.Tests.Serialization;

/// <summary>Every type that crosses a grain call comes out as it went in.</summary>
public sealed class ContractTests(PatientCluster cluster)
{
    private static readonly DateTimeOffset At = Reports.Start.AddTicks(7);

    private static readonly Observation Observation =
        new("pain-severity", Presence.Present, 2.5, ["mild", "severe"], At, At.AddDays(-3));

    private static readonly RecordedObservation Recorded = new(Observation, 2, 3, true, 4, 5);

    private static readonly EventOutcome Outcome = new("id", "version", "hash", Urgency.SameDay, ["a", "b"]);

    private static readonly ObservationsReported Reported = new(1, true, [Recorded, Recorded with { Index = 6 }]);

    private static readonly Refusal Refusal =
        new(RefusalReason.InvalidObservations, 8, [new(1, "value", ObservationFault.WrongUnit, "text")]);

    private static readonly PatientReading Reading =
        new(3, At, At.AddHours(1), 2, true, At.AddDays(-1), Assess(), At.AddDays(9));

    private static readonly object[] Samples =
    [
        new ReportedObservation(Observation, "unit", 1, 2),
        new ReportObservations("tenant", "request", [1, 2], 3, [new(Observation, null, 0, 0)]),
        new AmendObservation("tenant", "request", [1, 2], null, 3, 4),
        new StartEpisode("tenant", "request", [1, 2], 5),
        new CloseEpisode("tenant", "request", [], null),
        Recorded,
        Reported,
        new ObservationAmended(1, 2, 3, "fever", [Recorded]),
        new EpisodeStarted(2),
        new EpisodeClosed(2),
        Outcome,
        new RecordedEvent(7, At, "request", Reported, Outcome),
        Refusal.Violations[0],
        Refusal,
        new ReadingTerms(3, At, "hash", [new(Observation, "unit", 1, 2)], ForNextReport: true),
        Reading,
        new PatientReply(Reading, null),
        new PatientReply(null, Refusal),
        new PatientReadings(9, [Reading], null),
        new PatientReadings(9, [], Refusal),
        new PatientEventPage(9, [new(7, At, "request", Reported, Outcome)], Refusal),
    ];

    public static TheoryData<int> Contracts => [.. Enumerable.Range(0, Samples.Length)];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Contract_Serialized_IsTheSameInEveryField(int sample)
    {
        foreach (var silo in cluster.Silos)
        {
            var serializer = silo.ServiceProvider.GetRequiredService<Serializer>();

            var copy = serializer.Deserialize<object>(serializer.SerializeToArray(Samples[sample]));

            Assert.Equal(Describe.Of(Samples[sample]), Describe.Of(copy));
        }
    }

    [Fact]
    public void Contracts_InTheAssembly_AllHaveASample()
    {
        var contracts = typeof(IPatientGrain).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsAbstract)
            .Where(type => !type.Name.EndsWith("Surrogate", StringComparison.Ordinal))
            .Select(type => type.Name).Order();

        Assert.Equal(contracts, Samples.Select(sample => sample.GetType().Name).Distinct().Order());
    }

    private static Assessment Assess()
    {
        var report = Reports.Report("r", Reports.Present("fever"), Reports.Present("smoker"),
            Reports.Present("pain-intensity", At, 3), Reports.Present("pain-intensity", At.AddDays(1), 8));
        var (assessment, _, _) = StatelessAssessment.Of(report, Reports.Pack, At.AddDays(2), At.AddDays(2));
        Assert.NotEmpty(assessment!.ToData().Series);
        return assessment;
    }
}
