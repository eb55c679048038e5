using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>Readings under other knowledge and of what is supposed: nothing of them stays.</summary>
public sealed class PatientReadUnderTests(PatientCluster cluster)
{
    private static readonly string Other = Library.Loaded[1].Hash;

    [Fact]
    public async Task ReadUnder_OtherKnowledge_IsAssessedWithItFromEitherSilo()
    {
        const string Key = "under-other";
        var live = await cluster.Patient(Key).AcceptedAsync(Report("a", Present(OtherPack.Sign)));

        foreach (var silo in cluster.Silos)
        {
            var patient = silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IPatientGrain>(Key);
            var readings = (await patient.UnderAsync(
                Terms(asOf: live.AssessedAt), Terms(asOf: live.AssessedAt, knowledge: Other))).Readings;

            Assert.Equal(Describe.Of(live), Describe.Of(readings[0]));
            Assert.Equal(OtherPack.Version, readings[1].Assessment.Knowledge.Version);
            Assert.Equal(Urgency.SameDay, readings[1].Assessment.Disposition.Urgency);
        }
    }

    [Fact]
    public async Task ReadUnder_WithWhatIsSupposed_StoresNothing()
    {
        const string Key = "under-supposed";
        var patient = cluster.Patient(Key);
        await patient.AcceptedAsync(Report("a", Present("loc-calf")));
        var before = Describe.Of(await patient.ReadAsync());

        var supposed = await patient.UnderAsync(Terms(), Terms(supposed: [Present("dark-urine"), Unknown("loc-calf")]));

        Assert.Equal([1, 1], supposed.Readings.Select(reading => reading.Revision));
        Assert.Equal(Urgency.SameDay, supposed.Readings[1].Assessment.Disposition.Urgency);
        Assert.Equal(["dark-urine"], Answers(supposed.Readings[1]));
        Assert.Equal(before, Describe.Of(await patient.ReadAsync()));
        Assert.Single(await cluster.Journal.RecordsAsync(Key));
    }

    [Fact]
    public async Task ReadUnder_APastRevision_SupposesOnWhatWasKnownThen()
    {
        const string Key = "under-past";
        var patient = cluster.Patient(Key);
        var first = await patient.AcceptedAsync(Report("a", Present("loc-calf")));
        cluster.Clock.Advance(TimeSpan.FromDays(3));
        await patient.AcceptedAsync(Report("b", Absent("loc-calf"), Present("rigors")));

        var readings = (await patient.UnderAsync(Terms(1, supposed: Present("fever")), Terms(2))).Readings;

        Assert.Equal([1L, 2L], readings.Select(reading => reading.Revision));
        Assert.Equal(first.RecordedAt, readings[0].AssessedAt);
        Assert.Equal(["fever", "loc-calf"], Answers(readings[0]).Order());
    }

    [Fact]
    public async Task ReadUnder_SupposedWithoutATime_AnswersEvenALaterObservation()
    {
        const string Key = "under-later";
        var patient = cluster.Patient(Key);
        await patient.AcceptedAsync(Report("a", Absent("dark-urine", cluster.Clock.GetUtcNow().AddMinutes(1))));

        var reading = (await patient.UnderAsync(Terms(supposed: Present("dark-urine")))).Readings[0];

        Assert.Equal(Urgency.SameDay, reading.Assessment.Disposition.Urgency);
    }

    [Fact]
    public async Task ReadUnder_OfAClosedEpisode_KeepsItsSymptomsAndOpensNone()
    {
        const string Key = "under-closed";
        var patient = cluster.Patient(Key);
        await patient.AcceptedAsync(Report("a", Present("loc-calf")));
        await patient.AcceptedAsync(ClosesEpisode("b"));

        var reading = (await patient.UnderAsync(Terms(supposed: Present("fever")))).Readings[0];

        Assert.Equal((2, 1, false), (reading.Revision, reading.Episode, reading.EpisodeOpen));
        Assert.Equal(["fever", "loc-calf"], Answers(reading).Order());
    }

    [Fact]
    public async Task ReadUnder_WhatCannotBeHad_IsRefused()
    {
        var patient = cluster.Patient("under-refused");
        Assert.Equal(RefusalReason.PatientNotFound, (await patient.UnderAsync(Terms())).Refusal?.Reason);

        await patient.AcceptedAsync(Report("a", Present("age", number: 40)));

        Assert.Equal(RefusalReason.RevisionNotFound, (await patient.UnderAsync(Terms(), Terms(2))).Refusal?.Reason);
        Assert.Equal(
            RefusalReason.KnowledgeNotLoaded,
            (await patient.UnderAsync(Terms(knowledge: new('0', 64)))).Refusal?.Reason);
        var refusal = (await patient.UnderAsync(Terms(), Terms(supposed:
            [Present("fever"), Present("rigors", cluster.Clock.GetUtcNow().AddYears(-60))]))).Refusal!;
        Assert.Equal(RefusalReason.InvalidObservations, refusal.Reason);
        Assert.Equal((1, "observed_at"), (refusal.Violations[0].Index, refusal.Violations[0].Field));
    }

    private static IEnumerable<string> Answers(PatientReading reading) =>
        reading.Assessment.Case.Answers.ToArray()
            .Select(answer => reading.Assessment.Knowledge.Findings[answer.Finding].Id);
}
