using Grpc.Core;
using LegPain.Journal;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Microsoft.Data.Sqlite;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Faults;

/// <summary>A journal that cannot write for a while: somebody else holds its lock.</summary>
public sealed class StalledJournalTests
{
    [Fact]
    public async Task StalledJournal_AnswersEveryReportLosesNothingAndRecovers()
    {
        const int Patients = JournalLimits.QueueMax + JournalLimits.BatchMax + 400;
        await using var server = await TestServer.StartAsync(settings => settings.CallsMax = 2 * Patients);
        await server.Triage.ReportObservationsAsync(Report("warm", "r1", Present("fever")), Soon);
        var path = Path.Combine(server.Data, "journal.db");
        await using var holder = new SqliteConnection($"Data Source={path};Pooling=False");
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var holds = holder.BeginTransaction(deferred: false);

        var calls = Enumerable.Range(0, Patients).Select(i => AnswerAsync(server, i)).ToList();
        await LegPain.Tests.Patience.UntilAsync(() => calls.Any(call => call.IsCompleted));
        var read = await server.Triage.GetAssessmentAsync(new() { Patient = "warm" }, Soon);
        await holds.RollbackAsync(TestContext.Current.CancellationToken);
        var answers = await Task.WhenAll(calls).InTime();
        var revisions = new List<long>();
        foreach (var patients in Enumerable.Range(0, Patients).Chunk(500))
        {
            var repeats = await Task.WhenAll(patients.Select(patient => server.Triage.ReportObservationsAsync(
                Report($"p{patient}", "r1", Present("fever")), Soon).ResponseAsync)).InTime();
            revisions.AddRange(repeats.Select(repeat => repeat.Assessment.Revision));
        }

        Assert.Equal(1, read.Assessment.Revision);
        Assert.Contains("JOURNAL_BUSY", answers);
        Assert.DoesNotContain(answers, answer => answer is not ("OK" or "JOURNAL_BUSY"));
        Assert.All(revisions, revision => Assert.Equal(1, revision));
    }

    private static async Task<string> AnswerAsync(TestServer server, int patient)
    {
        try
        {
            await server.Triage.ReportObservationsAsync(Report($"p{patient}", "r1", Present("fever")), Soon);
            return "OK";
        }
        catch (RpcException exception)
        {
            return Refused.From(exception) is { HasRetryInfo: true } refused ? refused.Reason : $"{exception.Status}";
        }
    }
}
