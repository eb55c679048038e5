using LegPain.Grains.Patient;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

public sealed class PatientReadTests(PatientCluster cluster)
{
    [Fact]
    public async Task Read_AtAPastRevision_IsWhatWasSaidThen()
    {
        const string Key = "past";
        var live = await ReportManyAsync(Key, 12);

        for (var i = 0; i < live.Count; i++)
        {
            var past = await cluster.Patient(Key).ReadAsync(i + 1, live[i].AssessedAt);
            Assert.Equal(Describe.Of(live[i]), Describe.Of(past.Reading));
        }
    }

    [Fact]
    public async Task Read_TheNewestWithoutATime_IsAsOfNow()
    {
        const string Key = "now";
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        cluster.Clock.Advance(TimeSpan.FromDays(2));

        var reading = (await cluster.Patient(Key).ReadAsync()).Reading!;

        Assert.Equal(cluster.Clock.GetUtcNow(), reading.AssessedAt);
        Assert.Equal(cluster.Clock.GetUtcNow().AddDays(-2), reading.RecordedAt);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Read_ARevisionThatIsNotThere_IsRevisionNotFound(long revision)
    {
        var key = $"no-revision-{revision}";
        await cluster.Patient(key).AcceptedAsync(Report("a", Present("fever")));

        var refusal = (await cluster.Patient(key).ReadAsync(revision)).Refusal!;

        Assert.Equal((RefusalReason.RevisionNotFound, 1), (refusal.Reason, refusal.CurrentRevision));
    }

    [Fact]
    public async Task Read_OfAPatientNeverSeen_IsPatientNotFound()
    {
        var patient = cluster.Patient("never-seen");

        Assert.Equal(RefusalReason.PatientNotFound, (await patient.ReadAsync()).Refusal?.Reason);
        Assert.Equal(RefusalReason.PatientNotFound, (await patient.ReadAsync(1)).Refusal?.Reason);
        Assert.Equal(RefusalReason.PatientNotFound, (await patient.EventsAsync(0)).Refusal?.Reason);
        Assert.Equal(RefusalReason.PatientNotFound, (await patient.SinceAsync(1)).Refusal?.Reason);
        Assert.Equal(Describe.Of(new PatientReadings(0, [], null)), Describe.Of(await patient.SinceAsync(0)));
    }

    [Theory]
    [InlineData(0, 100, 12)]
    [InlineData(0, 5, 5)]
    [InlineData(7, 100, 5)]
    [InlineData(10, 100, 2)]
    [InlineData(11, 100, 1)]
    [InlineData(12, 100, 0)]
    public async Task ReadSince_ARevision_GivesEachLaterOneAsItWasLive(long after, int max, int count)
    {
        var key = $"since-{after}-{max}";
        var live = await ReportManyAsync(key, 12);

        var since = await cluster.Patient(key).SinceAsync(after, max);

        Assert.Null(since.Refusal);
        Assert.Equal(12, since.CurrentRevision);
        Assert.Equal(live.Skip((int)after).Take(count).Select(Describe.Of), since.Readings.Select(Describe.Of));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(-1)]
    public async Task ReadSince_ARevisionThatIsNotThere_IsRevisionNotFound(long after)
    {
        var key = $"since-none-{after}";
        await ReportManyAsync(key, 12);

        Assert.Equal(RefusalReason.RevisionNotFound, (await cluster.Patient(key).SinceAsync(after)).Refusal?.Reason);
    }

    [Fact]
    public async Task ReadEvents_InPages_GivesEachOnce()
    {
        const string Key = "events";
        await ReportManyAsync(Key, 12);
        var events = new List<RecordedEvent>();

        PatientEventPage page;
        do
        {
            page = await cluster.Patient(Key).EventsAsync(events.Count, 5);
            events.AddRange(page.Events);
        }
        while (page.Events.Count > 0);

        Assert.Equal((await cluster.Journal.RecordsAsync(Key)).Select(record => Describe.Of(EventCodec.Decode(record))),
            events.Select(e => Describe.Of(e)));
    }

    [Fact]
    public async Task ReadEvents_AtANegativeRevision_IsRevisionNotFound()
    {
        const string Key = "events-negative";
        await ReportManyAsync(Key, 1);

        Assert.Equal(RefusalReason.RevisionNotFound, (await cluster.Patient(Key).EventsAsync(-1)).Refusal?.Reason);
    }

    [Fact]
    public async Task Read_FromEitherSilo_IsTheSameInEveryField()
    {
        const string Key = "other-silo";
        var live = (await ReportManyAsync(Key, 8))[^1];

        Assert.Equal(2, cluster.Silos.Count);
        foreach (var silo in cluster.Silos)
        {
            var patient = silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IPatientGrain>(Key);
            Assert.Equal(Describe.Of(live), Describe.Of((await patient.ReadAsync(8, live.AssessedAt)).Reading));
            Assert.Equal(Describe.Of(live), Describe.Of(Assert.Single((await patient.SinceAsync(7)).Readings)));
        }
    }

    /// <summary>Reports, some of them late, with numbers that worsen, and amendments in between.</summary>
    private async Task<IReadOnlyList<PatientReading>> ReportManyAsync(string key, int count)
    {
        var patient = cluster.Patient(key);
        var readings = new List<PatientReading>();
        for (var i = 1; i <= count; i++)
        {
            cluster.Clock.Advance(TimeSpan.FromHours(5));
            var now = cluster.Clock.GetUtcNow();
            readings.Add(await patient.AcceptedAsync((i % 6) switch
            {
                0 => Amend(Request(i), i - 2, 0),
                4 => Report(Request(i), Present("rigors"), Present("loc-calf"), Present("age", number: 60)),
                _ => Report(Request(i), Present("pain-intensity", now, i % 10), Present("fever", now.AddHours(-i)),
                    i % 2 == 0 ? Present("smoker") : Absent("night-waking", now.AddDays(-i))),
            }));
        }

        return readings;
    }
}
