using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Benchmarks;

/// <summary>
/// A server with few places pushed to several times its limit, and what is left of it: how long admitted calls take,
/// how fast the rest is refused, what becomes of red flags and reads, and how soon it is back.
/// </summary>
/// <remarks>
/// Those who are refused come back after a hundredth of the least delay they are told, so this is a crowd that does
/// not listen. It shares the machine with the server: its refusals cost the admitted calls processor time.
/// </remarks>
internal static class OverloadLoad
{
    private const int CallsMax = 32;
    private const int WritesMax = 3 * CallsMax / 4;
    private const int Times = 8;
    private const int Connections = 8;
    private const string Report = "/legpain.triage.v1.TriageService/ReportObservations";
    private const string Read = "/legpain.triage.v1.TriageService/GetAssessment";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static int _next;

    public static async Task RunAsync(int seconds)
    {
        await using var server = await ServerProcess.StartAsync(
            "--callsMax", CallsMax.ToString(CultureInfo.InvariantCulture));
        var window = TimeSpan.FromSeconds(seconds);
        var clients = Enumerable.Range(0, Connections).Select(_ => RawGrpc.Client(server.Address)).ToArray();
        await RunAsync(clients, TimeSpan.FromSeconds(4), new Crowd("warm", Report, Ordinary, WritesMax));

        var before = new Crowd("writes at their limit", Report, Ordinary, WritesMax);
        var used = server.Used;
        await RunAsync(clients, window, before);
        var writeCost = (server.Used - used) / before.Admitted.Count;
        var crowd = new Crowd($"writes at {Times} times it", Report, Ordinary, Times * WritesMax);
        var flags = new Crowd("reports with a sign", Report, Sign, 4);
        var reads = new Crowd("reads of a patient", Read, One, 2);
        used = server.Used;
        await RunAsync(clients, window, crowd, flags, reads);
        var admitted = crowd.Admitted.Count + flags.Admitted.Count + reads.Admitted.Count;
        var refusalCost = (server.Used - used - (writeCost * admitted)) / Math.Max(1, crowd.Refused.Count);
        var started = Stopwatch.GetTimestamp();
        var first = await RawGrpc.CallAsync(clients[0], Report, Ordinary());
        var back = Stopwatch.GetElapsedTime(started);
        var after = new Crowd("writes at their limit again", Report, Ordinary, WritesMax);
        await RunAsync(clients, window, after);

        foreach (var one in new[] { before, crowd, flags, reads, after })
        {
            Console.WriteLine(one.Describe(window));
        }

        Console.WriteLine($"the first write after it: status {first} in {back.TotalMilliseconds:F1} ms");
        Console.WriteLine(
            $"admitted under overload : at the limit = {crowd.Admitted.Count / (double)before.Admitted.Count:F2} by "
            + $"rate, {crowd.P99 / before.P99:F1} by p99; after : before = "
            + $"{after.Admitted.Count / (double)before.Admitted.Count:F2} by rate; a refusal : a write = "
            + $"{refusalCost / writeCost:F2} by server CPU ({refusalCost.TotalMicroseconds:F0} us)");
    }

    private static Task RunAsync(HttpClient[] clients, TimeSpan window, params Crowd[] crowds)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(crowds.SelectMany(crowd => Enumerable.Range(0, crowd.Workers).Select(async worker =>
        {
            while (Stopwatch.GetElapsedTime(started) < window)
            {
                var sent = Stopwatch.GetTimestamp();
                var status = await RawGrpc.CallAsync(clients[worker % clients.Length], crowd.Path, crowd.Content());
                crowd.Keep(status, Stopwatch.GetElapsedTime(sent));
                if (status != RawGrpc.Ok)
                {
                    await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
                }
            }
        })));
    }

    private static ByteArrayContent Ordinary() => Encode("pain-intensity", 3);

    private static ByteArrayContent Sign() => Encode("urinary-retention", null);

    private static ByteArrayContent One() =>
        RawGrpc.Content(new GetAssessmentRequest { Patient = "patient-1" }.ToByteArray());

    private static ByteArrayContent Encode(string finding, double? number)
    {
        var next = Interlocked.Increment(ref _next);
        var observation = new Observation { Finding = finding, Presence = Presence.Present };
        if (number is { } value)
        {
            observation.Number = value;
        }

        return RawGrpc.Content(new ReportObservationsRequest
        {
            RequestId = $"r{next}",
            Patient = $"patient-{next % 2000}",
            Observations = { observation },
        }.ToByteArray());
    }

    /// <summary>Some workers that call the same, and how long their answers took.</summary>
    private sealed record Crowd(string Name, string Path, Func<ByteArrayContent> Content, int Workers)
    {
        private int _others;

        public ConcurrentQueue<double> Refused { get; } = [];

        public ConcurrentQueue<double> Admitted { get; } = [];

        public double P99 => Percentile(Admitted, 0.99);

        public void Keep(string status, TimeSpan took)
        {
            switch (status)
            {
                case RawGrpc.Ok:
                    Admitted.Enqueue(took.TotalMilliseconds);
                    break;
                case RawGrpc.Exhausted:
                    Refused.Enqueue(took.TotalMilliseconds);
                    break;
                default:
                    Interlocked.Increment(ref _others);
                    break;
            }
        }

        public string Describe(TimeSpan window) =>
            $"{Name,-28} {Workers,4} workers: admitted {Admitted.Count / window.TotalSeconds,7:N0}/s "
            + $"p50 {Percentile(Admitted, 0.5),6:F1} ms p99 {P99,6:F1} ms   refused "
            + $"{Refused.Count / window.TotalSeconds,7:N0}/s p50 {Percentile(Refused, 0.5),6:F1} ms "
            + $"p99 {Percentile(Refused, 0.99),6:F1} ms   anything else {_others}";

        private static double Percentile(IReadOnlyCollection<double> values, double share) =>
            values.Count == 0 ? 0 : values.Order().ElementAt((int)(share * (values.Count - 1)));
    }
}
