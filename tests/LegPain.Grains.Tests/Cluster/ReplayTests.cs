using System.Diagnostics;
using LegPain.Grains.Patient;
using LegPain.Journal.Sqlite;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

public sealed class ReplayTests(ITestOutputHelper output)
{
    private const int ReportSize = 10;

    private static readonly string[] Findings =
    [
        "fever", "rigors", "smoker", "diabetes", "obesity", "dark-urine", "fatigue", "weight-loss",
        "night-waking", "age",
    ];

    [Fact]
    public async Task Activate_APatientWithAllTheObservationsItMayHave_ReplaysAtMostOneSnapshotsWorth()
    {
        const string Key = "full";
        const int Reported = PatientDecider.ObservationsMax / ReportSize;
        var folder = Directory.CreateTempSubdirectory("legpain-replay-");
        await using (var journal = SqliteJournal.Open(Path.Combine(folder.FullName, "journal.db")))
        {
            await using var cluster = new PatientCluster(journal);
            await cluster.InitializeAsync();
            var patient = cluster.Patient(Key);
            var live = await FillAsync(cluster, patient, Reported - 1);
            await Patience.UntilAsync(async () =>
                await journal.ReadSnapshotAsync(Key, long.MaxValue, TestContext.Current.CancellationToken)
                    is { Sequence: Reported - PatientSession.SnapshotEvery });
            await cluster.DeactivateAsync(Key);
            cluster.Faulty.TakeRecordsRead();

            var started = Stopwatch.GetTimestamp();
            var replayed = await patient.ReadAsync(Reported - 1, live.AssessedAt);

            var elapsed = Stopwatch.GetElapsedTime(started);
            output.WriteLine($"Activated after {Reported - 1} reports in {elapsed.TotalMilliseconds} ms.");
            Assert.InRange(cluster.Faulty.TakeRecordsRead(), 1, PatientSession.SnapshotEvery);
            Assert.Equal(Describe.Of(live), Describe.Of(replayed.Reading));
            Assert.Equal(Reported, (await FillAsync(cluster, patient, 1, Reported)).Revision);
            var past = await patient.RefusedAsync(Report("past", Present("fever")));
            Assert.Equal(RefusalReason.PatientFull, past.Reason);
        }

        folder.Delete(recursive: true);
    }

    private static async Task<PatientReading> FillAsync(
        PatientCluster cluster, IPatientGrain patient, int reports, int first = 1)
    {
        PatientReading? last = null;
        for (var i = first; i < first + reports; i++)
        {
            cluster.Clock.Advance(TimeSpan.FromHours(1));
            var number = i % 2;
            last = await patient.AcceptedAsync(Report(Request(i), Findings.Select(finding =>
                finding == "age" ? Present(finding, number: 50) : number == 0 ? Present(finding) : Absent(finding))));
        }

        return last!;
    }
}
