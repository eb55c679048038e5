using System.Diagnostics;
using Google.Protobuf;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Benchmarks;

/// <summary>
/// Durable reports through gRPC against empty unary calls on the same server, from the same generator, in turns. The
/// generator speaks HTTP/2 with messages it encodes by hand, so that it weighs as little as it can beside the server.
/// It still shares the machine, which flatters the ratio of rates; the ratio of the server's own processor time does
/// not depend on it.
/// </summary>
internal static class ReportLoad
{
    private const int InFlight = 256;
    private const int Connections = 8;
    private const int Rounds = 3;
    private const int Patients = 2000;
    private const string HealthCheck = "/grpc.health.v1.Health/Check";

    /// <summary>The path of a report.</summary>
    public const string Report = "/legpain.triage.v1.TriageService/ReportObservations";

    public static async Task RunAsync(int secondsPerRound)
    {
        await using var server = await ServerProcess.StartAsync();
        var clients = Enumerable.Range(0, Connections).Select(_ => RawGrpc.Client(server.Address)).ToArray();
        var window = TimeSpan.FromSeconds(secondsPerRound);
        var next = 0;
        ByteArrayContent Empty() => RawGrpc.Content([]);
        ByteArrayContent Next() => Encoded(Interlocked.Increment(ref next));

        static ByteArrayContent Encoded(int number) => RawGrpc.Content(Encode(number, number % Patients));

        await MeasureAsync(HealthCheck, Empty, TimeSpan.FromSeconds(3));
        await MeasureAsync(Report, Next, TimeSpan.FromSeconds(5));
        var rates = new List<double>();
        var costs = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var empty = await MeasureAsync(HealthCheck, Empty, window);
            var report = await MeasureAsync(Report, Next, window);
            rates.Add(empty.Rate / report.Rate);
            costs.Add(report.CpuMicroseconds / empty.CpuMicroseconds);
            Console.WriteLine(
                $"round {round}: empty unary {empty.Rate,9:N0}/s, "
                + $"{empty.CpuMicroseconds,4:F0} us of server CPU a call   "
                + $"durable report {report.Rate,8:N0}/s, {report.CpuMicroseconds,4:F0} us   "
                + $"rate 1 : {rates[^1]:F1}   CPU 1 : {costs[^1]:F1}");
        }

        Console.WriteLine($"durable report : empty unary = 1 : {rates.Order().ElementAt(Rounds / 2):F1} by rate, "
            + $"1 : {costs.Order().ElementAt(Rounds / 2):F1} by server CPU (medians of {Rounds}; {InFlight} in flight, "
            + $"{Connections} connections, {Patients} patients, 3 observations a report)");

        async Task<(double Rate, double CpuMicroseconds)> MeasureAsync(
            string path, Func<ByteArrayContent> content, TimeSpan during)
        {
            var used = server.Used;
            var (calls, elapsed) = await CallAsync(clients, path, content, during);
            return (calls / elapsed.TotalSeconds, (server.Used - used).TotalMicroseconds / calls);
        }
    }

    /// <summary>Encodes a report of 3 observations.</summary>
    /// <param name="number">Makes its request id, and varies what is observed.</param>
    /// <param name="patient">The patient's number.</param>
    public static byte[] Encode(int number, int patient)
    {
        var request = new ReportObservationsRequest
        {
            RequestId = $"r{number}",
            Patient = $"patient-{patient}",
            Observations =
            {
                new Observation { Finding = "pain-intensity", Presence = Presence.Present, Number = number % 11 },
                new Observation
                {
                    Finding = "leg-swelling",
                    Presence = Presence.Present,
                    Option = number % 2 == 0 ? "one-calf" : "none",
                },
                new Observation { Finding = "fever", Presence = Presence.Absent },
            },
        };
        return request.ToByteArray();
    }

    /// <summary>Calls as fast as so many in flight can, until the window is over.</summary>
    /// <exception cref="InvalidOperationException">
    /// A call was refused: then it is not what was to be measured.
    /// </exception>
    public static async Task<(long Calls, TimeSpan Elapsed)> CallAsync(
        HttpClient[] clients, string path, Func<ByteArrayContent> content, TimeSpan window)
    {
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async worker =>
        {
            while (Stopwatch.GetElapsedTime(started) < window)
            {
                var status = await RawGrpc.CallAsync(clients[worker % clients.Length], path, content());
                if (status != RawGrpc.Ok)
                {
                    throw new InvalidOperationException($"A call was answered with status {status}.");
                }

                Interlocked.Increment(ref done);
            }
        }));
        return (done, Stopwatch.GetElapsedTime(started));
    }
}
