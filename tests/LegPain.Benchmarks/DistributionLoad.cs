using System.Globalization;
using System.Security.Cryptography;
using LegPain.Tests;

namespace LegPain.Benchmarks;

/// <summary>
/// What it costs to be several: processor time of a report on one node and on three, and on two setups between them
/// that tell where the difference comes from.
/// </summary>
/// <remarks>
/// All stand from the start and are measured in turns, with as many reports in flight among them, so each meets the
/// same machine. Only the processes of the setup whose turn it is are counted, and PostgreSQL's beside them.
/// </remarks>
internal static class DistributionLoad
{
    private const int Connections = 4;
    private const int Patients = 2000;
    private const int WarmUps = 3;
    private const int Rounds = 5;

    private static int _requests;

    public static async Task RunAsync(int secondsPerRound)
    {
        var window = TimeSpan.FromSeconds(secondsPerRound);
        var secret = Path.GetTempFileName();
        await File.WriteAllBytesAsync(secret, RandomNumberGenerator.GetBytes(32));
        await using var postgres = await PostgresServer.StartAsync("max_connections=400");
        var setups = new List<Setup>
        {
            await SetupAsync("1 node", ["All"]),
            await SetupAsync("3 nodes that know nothing of each other", ["All"], ["All"], ["All"]),
            await SetupAsync("a gateway, and a silo that it calls", ["Silo", "Gateway"]),
            await SetupAsync("3 nodes of one cluster", ["All", "All", "All"]),
        };
        for (var round = -WarmUps; round < Rounds; round++)
        {
            foreach (var setup in setups)
            {
                await setup.MeasureAsync(postgres, window, isWarmUp: round < 0);
            }
        }

        foreach (var setup in setups)
        {
            Console.WriteLine(setup.Describe(setups[0]));
        }

        foreach (var node in setups.SelectMany(setup => setup.Nodes))
        {
            await node.DisposeAsync();
        }

        File.Delete(secret);

        async Task<Setup> SetupAsync(string name, params string[][] clusters)
        {
            var nodes = new List<ServerProcess>();
            var clients = new List<HttpClient>();
            foreach (var roles in clusters)
            {
                var database = await postgres.CreateDatabaseAsync();
                foreach (var role in roles)
                {
                    string[] gateway = role == "Silo" ? ["--gatewayPort", Port()] : [];
                    var node = await ServerProcess.StartAsync(
                    [
                        "--role", role, "--postgres", database, "--patientKeyFile", secret, "--siloPort", Port(),
                        .. gateway,
                    ]);
                    nodes.Add(node);
                    if (role != "Silo")
                    {
                        clients.AddRange(Enumerable.Range(0, Connections).Select(_ => RawGrpc.Client(node.Address)));
                    }
                }
            }

            return new(name, nodes, [.. clients]);
        }

        static string Port() => Ports.Free().ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Setup(string name, IReadOnlyList<ServerProcess> nodes, HttpClient[] clients)
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _nodes = [];
        private readonly List<double> _database = [];

        public IReadOnlyList<ServerProcess> Nodes => nodes;

        private double Cost => Median(_nodes);

        public async Task MeasureAsync(PostgresServer postgres, TimeSpan window, bool isWarmUp)
        {
            var before = (Nodes: Used(), Database: postgres.Used);
            var (calls, elapsed) = await ReportLoad.CallAsync(clients, ReportLoad.Report, Next, window);
            var used = (Used() - before.Nodes).TotalMicroseconds / calls;
            var database = (postgres.Used - before.Database).TotalMicroseconds / calls;
            Console.WriteLine(
                $"{(isWarmUp ? "warm-up " : string.Empty)}{name}: {calls / elapsed.TotalSeconds:N0} reports/s, "
                + $"{used:N0} us of the nodes and {database:N0} us of PostgreSQL each");
            if (!isWarmUp)
            {
                _rates.Add(calls / elapsed.TotalSeconds);
                _nodes.Add(used);
                _database.Add(database);
            }
        }

        public string Describe(Setup one) =>
            $"{name}: a report costs {Cost:N0} us of the nodes ({1e6 / Cost:N0} per CPU-second; {Cost / one.Cost:F2} "
            + $"times one node) and {Median(_database):N0} us of PostgreSQL; {Median(_rates):N0}/s "
            + $"(medians of {Rounds})";

        private TimeSpan Used() => nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.Used);

        private static ByteArrayContent Next()
        {
            var number = Interlocked.Increment(ref _requests);
            return RawGrpc.Content(ReportLoad.Encode(number, number % Patients));
        }

        private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
    }
}
