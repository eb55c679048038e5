using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Benchmarks;

/// <summary>
/// Durable reports through gRPC against empty unary calls on the same server, from the same generator, in turns. The
/// generator speaks HTTP/2 with messages encoded beforehand, so that it weighs as little as it can beside the server.
/// </summary>
internal static class ReportLoad
{
    private const int InFlight = 256;
    private const int Connections = 8;
    private const int Rounds = 3;
    private const int Patients = 2000;

    public static async Task RunAsync(int secondsPerRound)
    {
        await using var server = await ServerProcess.StartAsync();
        var clients = Enumerable.Range(0, Connections).Select(_ => Client(server.Address)).ToArray();
        var window = TimeSpan.FromSeconds(secondsPerRound);
        var next = 0;
        ByteArrayContent Empty() => Content([]);
        ByteArrayContent Report() => Content(Encode(Interlocked.Increment(ref next)));

        await RateAsync(clients, "/grpc.health.v1.Health/Check", Empty, TimeSpan.FromSeconds(3));
        await RateAsync(
            clients, "/legpain.triage.v1.TriageService/ReportObservations", Report, TimeSpan.FromSeconds(5));
        var ratios = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var empty = await RateAsync(clients, "/grpc.health.v1.Health/Check", Empty, window);
            var reports = await RateAsync(
                clients, "/legpain.triage.v1.TriageService/ReportObservations", Report, window);
            ratios.Add(empty / reports);
            Console.WriteLine($"round {round}: empty unary {empty,9:N0}/s   "
                + $"durable report {reports,8:N0}/s   1 : {empty / reports:F1}");
        }

        Console.WriteLine($"durable report : empty unary = 1 : {ratios.Order().ElementAt(Rounds / 2):F1} "
            + $"(median of {Rounds}; {InFlight} in flight, {Connections} connections, {Patients} patients, "
            + "3 observations a report)");
    }

    private static byte[] Encode(int number)
    {
        var request = new ReportObservationsRequest
        {
            RequestId = $"r{number}",
            Patient = $"patient-{number % Patients}",
            Observations =
            {
                new Observation { Finding = "pain-intensity", Presence = Presence.Present, Number = number % 11 },
                new Observation
                {
                    Finding = "leg-swelling", Presence = Presence.Present,
                    Option = number % 2 == 0 ? "one-calf" : "none",
                },
                new Observation { Finding = "fever", Presence = Presence.Absent },
            },
        };
        return request.ToByteArray();
    }

    private static async Task<double> RateAsync(
        HttpClient[] clients, string path, Func<ByteArrayContent> content, TimeSpan window)
    {
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async worker =>
        {
            while (Stopwatch.GetElapsedTime(started) < window)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = content(),
                };
                request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
                using var response = await clients[worker % clients.Length].SendAsync(request);
                await response.Content.CopyToAsync(Stream.Null);
                if (response.TrailingHeaders.TryGetValues("grpc-status", out var status) && status.Single() == "0")
                {
                    Interlocked.Increment(ref done);
                }
            }
        }));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static ByteArrayContent Content(byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return new(framed) { Headers = { ContentType = new("application/grpc") } };
    }

    private static HttpClient Client(Uri address) => new(
        new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
    {
        BaseAddress = address,
    };
}
