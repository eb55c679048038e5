using System.Buffers.Binary;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using LegPain.Tests;

namespace LegPain.Robustness.Harness;

/// <summary>What a run needs to be built.</summary>
/// <param name="Nodes">How many servers; 1 without PostgreSQL.</param>
/// <param name="Postgres">Whether the journal is in PostgreSQL; otherwise the one server has SQLite.</param>
/// <param name="Namespaces">Whether every node, and PostgreSQL, has a network of its own.</param>
/// <param name="DiskMegabytes">The size of a disk of its own for the journal; 0 for none.</param>
/// <param name="MovableClock">Whether the nodes' wall clocks can be moved.</param>
internal sealed record RigShape(
    int Nodes = 1, bool Postgres = false, bool Namespaces = false, int DiskMegabytes = 0, bool MovableClock = false)
{
    /// <summary>Gets whether only root can build it.</summary>
    public bool NeedsRoot => Namespaces || DiskMegabytes > 0;
}

/// <summary>Real servers with their journal, network and disk, as one run has them to itself.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private const int PostgresHost = 9;
    private const int ListenPort = 5080;
    private const int SiloPort = 11111;
    private const int PostgresPort = 5432;
    private const string Secret = "patient-key.secret";

    private readonly List<ServerNode> _nodes = [];
    private readonly List<MemoryMappedViewAccessor> _clocks = [];

    private Rig(RunFolder folder, RigShape shape) => (Folder, Shape) = (folder, shape);

    /// <summary>Gets where everything is.</summary>
    public RunFolder Folder { get; }

    /// <summary>Gets what was built.</summary>
    public RigShape Shape { get; }

    /// <summary>Gets the servers.</summary>
    public IReadOnlyList<ServerNode> Nodes => _nodes;

    /// <summary>Gets the database; null with SQLite.</summary>
    public PostgresNode? Postgres { get; private set; }

    /// <summary>Gets the network; null when all is on loopback.</summary>
    public Network? Network { get; private set; }

    /// <summary>Gets the disk of the journal; null when it is on that of the machine.</summary>
    public LoopDisk? Disk { get; private set; }

    /// <summary>Gets the folder of the one SQLite server.</summary>
    public string SqliteData => Path.Combine(Disk?.Path ?? Folder.Path, "data");

    /// <summary>Gets the file of the secret that keys patients.</summary>
    public string SecretFile => Shape.Postgres ? Folder.Of(Secret) : Path.Combine(SqliteData, Secret);

    /// <summary>Builds everything and waits until all servers serve.</summary>
    public static async Task<Rig> BuildAsync(RunFolder folder, RigShape shape)
    {
        if (shape.NeedsRoot && !Environment.IsPrivilegedProcess)
        {
            throw new HarnessException("This needs root.");
        }

        var rig = new Rig(folder, shape);
        try
        {
            await rig.BuildAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the host number of a node in the network.</summary>
    public static int HostOf(ServerNode node) => node.Number + 1;

    /// <summary>Cuts a node off from the database, or heals it with the rest.</summary>
    public Task CutFromPostgresAsync(ServerNode node) => Network!.CutBothAsync(HostOf(node), PostgresHost);

    /// <summary>Moves the wall clock of a node from where it really is.</summary>
    public void MoveClock(ServerNode node, TimeSpan by) =>
        _clocks[node.Number - 1].Write(0, (long)by.TotalNanoseconds);

    /// <summary>
    /// Stops the servers in order, then the database is left running to be read. Returns how long the last took.
    /// </summary>
    public async Task<TimeSpan> StopNodesAsync() => (await Task.WhenAll(Nodes.Select(node => node.StopAsync()))).Max();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.KillAsync();
        }

        if (Postgres is { } postgres)
        {
            await postgres.KillAsync();
        }

        if (Network is { } network)
        {
            await network.RemoveAsync();
        }

        if (Disk is { } disk)
        {
            await disk.RemoveAsync();
        }

        _clocks.ForEach(clock => clock.Dispose());
    }

    private async Task BuildAsync()
    {
        if (Shape.Namespaces)
        {
            Network = await Network.CreateAsync(Folder);
        }

        if (Shape.DiskMegabytes > 0)
        {
            Disk = await LoopDisk.MountAsync(Folder, Shape.DiskMegabytes);
        }

        if (Shape.Postgres)
        {
            Postgres = await BuildPostgresAsync();
            await File.WriteAllBytesAsync(SecretFile, RandomNumberGenerator.GetBytes(32));
        }

        var shim = Shape.MovableClock ? await BuildClockAsync() : null;
        for (var number = 1; number <= Shape.Nodes; number++)
        {
            _nodes.Add(await BuildNodeAsync(number, shim));
        }

        _nodes.ForEach(node => node.Launch());
        await Task.WhenAll(_nodes.Select(node => node.UntilServingAsync()));
    }

    private async Task<PostgresNode> BuildPostgresAsync()
    {
        var data = Path.Combine(Disk?.Path ?? Folder.Path, "postgres");
        if (Network is null)
        {
            return await PostgresNode.CreateAsync(
                Folder, data, System.Net.IPAddress.Loopback, Ports.Free(), []);
        }

        await Network.AddAsync(PostgresHost);
        return await PostgresNode.CreateAsync(
            Folder, data, Network.AddressOf(PostgresHost), PostgresPort, Network.Inside(PostgresHost));
    }

    private async Task<ServerNode> BuildNodeAsync(int number, string? shim)
    {
        var environment = new Dictionary<string, string>();
        if (shim is not null)
        {
            environment["LD_PRELOAD"] = shim;
            environment["LEGPAIN_CLOCK"] = ClockFile(number);
        }

        if (!Shape.Postgres)
        {
            return new(
                number, Folder, Loopback(), [], ["--data", SqliteData], environment);
        }

        List<string> settings =
        [
            "--postgres", Postgres!.ConnectionString, "--patientKeyFile", SecretFile,
            "--clusterId", Folder.NetworkPrefix,
        ];
        if (Network is null)
        {
            var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
            return new(number, Folder, Loopback(), [], [.. settings, "--siloPort", port], environment);
        }

        await Network.AddAsync(number + 1);
        var address = Network.AddressOf(number + 1);
        return new(
            number, Folder, new($"http://{address}:{ListenPort}"), Network.Inside(number + 1),
            [
                .. settings, "--siloAddress", $"{address}",
                "--siloPort", SiloPort.ToString(CultureInfo.InvariantCulture), "--trustedNetwork", "true",
            ],
            environment);
    }

    private static Uri Loopback() => new($"http://127.0.0.1:{Ports.Free()}");

    private string ClockFile(int number) => Folder.Of(string.Create(CultureInfo.InvariantCulture, $"clock{number}"));

    /// <summary>Compiles the clock and makes a file for the offset of each node.</summary>
    private async Task<string> BuildClockAsync()
    {
        var shim = Folder.Of("clockshim.so");
        await Shell.RunAsync(
            "gcc", "-O2", "-shared", "-fPIC", "-o", shim, Path.Combine(AppContext.BaseDirectory, "clockshim.c"),
            "-ldl");
        for (var number = 1; number <= Shape.Nodes; number++)
        {
            var zero = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(zero, 0);
            await File.WriteAllBytesAsync(ClockFile(number), zero);
            using var file = MemoryMappedFile.CreateFromFile(ClockFile(number), FileMode.Open);
            _clocks.Add(file.CreateViewAccessor(0, sizeof(long)));
        }

        return shim;
    }
}
