using System.Diagnostics;
using Grpc.Core;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Faults;

/// <summary>What the storage can do to a server: run full, rot, be somebody else's.</summary>
public sealed class StorageTests
{
    [Fact]
    public async Task FullDisk_RefusesReportsServesReadsAndRecoversByItself()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 6);
        await using var server = await TestServer.StartAsync(data: Path.Combine(disk.Path, "data"));
        await server.Triage.ReportObservationsAsync(Report("p", "first", Present("fever")), Soon);
        var filler = disk.Fill();

        var (accepted, refused) = await ReportUntilRefusedAsync(server);
        var read = await server.Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon);
        File.Delete(filler);
        await server.Triage.ReportObservationsAsync(Report("p", "after", Absent("fever")), Soon);

        Assert.Equal((StatusCode.ResourceExhausted, "STORAGE_FULL", true), (refused.Code, refused.Reason, refused.HasRetryInfo));
        Assert.Equal(accepted + 1, read.Assessment.Revision);
        var events = (await server.Triage.ListEventsAsync(new() { Patient = "p", PageSize = 1000 }, Soon)).Events;
        Assert.Equal(Enumerable.Range(1, accepted + 2).Select(i => (long)i), events.Select(e => e.Revision));
        Assert.Equal("after", events[^1].RequestId);
    }

    [Fact]
    public async Task CorruptRecord_RefusesThatPatientKeepsItsBytesAndServesTheOthers()
    {
        var data = Directory.CreateTempSubdirectory("legpain-rot-").FullName;
        await using (var before = await TestServer.StartAsync(data: data))
        {
            await before.Triage.ReportObservationsAsync(Report("rotten", "r1", Present("fever")), Soon);
            await before.Triage.ReportObservationsAsync(Report("sound", "r1", Present("fever"), Present("rigors")), Soon);
        }

        var damaged = Execute(data,
            "UPDATE record SET payload = CAST(payload || x'00' AS BLOB) "
            + "WHERE length(payload) = (SELECT min(length(payload)) FROM record) RETURNING hex(payload)");
        await using (var after = await TestServer.StartAsync(data: data))
        {
            after.ErrorsAnnounced = true;
            var read = await RefusalOf(after.Triage.GetAssessmentAsync(new() { Patient = "rotten" }, Soon));
            var write = await RefusalOf(after.Triage.ReportObservationsAsync(Report("rotten", "r2", Present("rigors")), Soon));
            var sound = await after.Triage.ReportObservationsAsync(Report("sound", "r2", Absent("fever")), Soon);

            Assert.Equal((StatusCode.DataLoss, "RECORD_CORRUPT"), (read.Code, read.Reason));
            Assert.Equal((StatusCode.DataLoss, "RECORD_CORRUPT"), (write.Code, write.Reason));
            Assert.Equal(2, sound.Assessment.Revision);
        }

        Assert.Equal(damaged, Execute(data, $"SELECT hex(payload) FROM record WHERE hex(payload) = '{damaged}'"));
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task SecondServer_OnTheSameData_DoesNotStart()
    {
        await using var server = await TestServer.StartAsync();

        var said = await ServerProcess.RefusesToStartAsync(new("http://127.0.0.1:0"), server.Data);

        Assert.Contains("Another process has this journal open", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_WithoutItsSecret_DoesNotOpen()
    {
        var data = Directory.CreateTempSubdirectory("legpain-secret-").FullName;
        await using (await TestServer.StartAsync(data: data))
        {
        }

        File.Delete(Path.Combine(data, "patient-key.secret"));
        var said = await ServerProcess.RefusesToStartAsync(new("http://127.0.0.1:0"), data);

        Assert.Contains("Restore the secret", said, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://192.168.1.1:5080")]
    [InlineData("http://example.org:5080")]
    public async Task Address_ThatOthersCanReach_IsRefused(string address)
    {
        var said = await ServerProcess.RefusesToStartAsync(new(address), Path.Combine(Path.GetTempPath(), "legpain-never"));

        Assert.Contains("loopback", said, StringComparison.Ordinal);
    }

    private static async Task<(int Accepted, Refused Refused)> ReportUntilRefusedAsync(TestServer server)
    {
        for (var accepted = 0; accepted < 5000; accepted++)
        {
            try
            {
                await server.Triage.ReportObservationsAsync(Report("p", $"r{accepted}", Number("pain-intensity", accepted % 11)), Soon);
            }
            catch (RpcException exception)
            {
                return (accepted, Refused.From(exception));
            }
        }

        throw new InvalidOperationException("The disk never ran full.");
    }

    private static string Execute(string data, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (string)command.ExecuteScalar()!;
    }

    /// <summary>A disk of a few megabytes: a tmpfs, which only root can mount.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        public required string Path { get; init; }

        public static async Task<SmallDisk> MountAsync(int megabytes)
        {
            var path = Directory.CreateTempSubdirectory("legpain-disk-").FullName;
            if (!OperatingSystem.IsLinux() || await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path) != 0)
            {
                Directory.Delete(path);
                Assert.Skip("Needs root on Linux, to mount a small disk.");
            }

            return new() { Path = path };
        }

        /// <summary>Takes all the room there is; returns the file that takes it.</summary>
        public string Fill()
        {
            var file = System.IO.Path.Combine(Path, "filler");
            using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[4096];
            try
            {
                while (stream.Length < 1L << 30)
                {
                    stream.Write(block);
                }
            }
            catch (IOException)
            {
                // Full.
            }

            return file;
        }

        public async ValueTask DisposeAsync()
        {
            await RunAsync("umount", "-l", Path);
            Directory.Delete(Path);
        }

        private static async Task<int> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
            return process.ExitCode;
        }
    }
}
