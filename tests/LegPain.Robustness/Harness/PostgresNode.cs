using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;

namespace LegPain.Robustness.Harness;

/// <summary>
/// A real PostgreSQL server from Debian's binaries. Unlike that of the other tests it may stand in a network and on a
/// disk of its own, and it may be left dead.
/// </summary>
internal sealed class PostgresNode
{
    private const string Account = "postgres";
    private const string Installed = "/usr/lib/postgresql";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KillMax = TimeSpan.FromSeconds(30);

    private readonly RunFolder _folder;
    private readonly string _data;
    private readonly IPAddress _address;
    private readonly int _port;
    private readonly string[] _before;
    private Process? _process;

    private PostgresNode(RunFolder folder, string data, IPAddress address, int port, string[] before) =>
        (_folder, _data, _address, _port, _before) = (folder, data, address, port, before);

    /// <summary>Gets whether there are binaries of it.</summary>
    public static bool IsInstalled => Find("initdb") is not null;

    /// <summary>Gets how to reach it.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture, $"Host={_address};Port={_port};Username={Account};Database=postgres");

    /// <summary>Gets the process ids of the server, the postmaster first.</summary>
    public IReadOnlyList<int> ProcessIds => _process is { HasExited: false }
        ? [_process.Id, .. Children(_process.Id)]
        : [];

    /// <summary>Makes a database cluster and starts it.</summary>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="data">Where its data goes; made here.</param>
    /// <param name="address">The address it listens on.</param>
    /// <param name="port">The port it listens on.</param>
    /// <param name="before">What the command begins with, such as to run in a network of its own.</param>
    public static async Task<PostgresNode> CreateAsync(
        RunFolder folder, string data, IPAddress address, int port, string[] before)
    {
        var node = new PostgresNode(folder, data, address, port, before);
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess)
        {
            await Shell.RunAsync("chown", Account, data);
            await Shell.RunAsync("chmod", "700", data);
        }

        string[] init = [.. AsPostgres, Binary("initdb"), "-D", data, "-U", Account, "--auth=trust", "--encoding=UTF8"];
        await Shell.RunAsync(init[0], init[1..]);
        await File.AppendAllTextAsync(Path.Combine(data, "pg_hba.conf"), $"host all all {address}/24 trust\n");
        await node.StartAsync();
        return node;
    }

    /// <summary>Starts it on the data it has, and waits until it takes statements.</summary>
    public async Task StartAsync()
    {
        if (!await Wait.UntilAsync(LaunchedAnswersAsync, StartMax))
        {
            throw new HarnessException($"PostgreSQL does not start; its log ends with:\n{LogTail()}");
        }

        Task<bool> LaunchedAnswersAsync()
        {
            if (_process is not { HasExited: false })
            {
                // Directly after a kill the last of the old processes may still hold the shared memory: try again.
                Launch();
            }

            return AnswersAsync();
        }
    }

    /// <summary>Kills every process of it, and waits until none is left.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } postmaster)
        {
            return;
        }

        // Held, it starts no further process between the listing and the killing.
        await Shell.SignalAsync("STOP", postmaster.Id);
        var all = ProcessIds;
        foreach (var process in all)
        {
            await Shell.SignalAsync("KILL", process);
        }

        await postmaster.WaitForExitAsync();
        if (!await Wait.UntilAsync(() => !all.Any(IsAlive), KillMax))
        {
            throw new HarnessException("Processes of PostgreSQL outlive kill -9.");
        }
    }

    /// <summary>Stops it without a checkpoint, or in order.</summary>
    public async Task StopAsync(bool atOnce)
    {
        if (_process is { HasExited: false } postmaster)
        {
            await Shell.SignalAsync(atOnce ? "QUIT" : "INT", postmaster.Id);
            await postmaster.WaitForExitAsync();
        }
    }

    private static string[] AsPostgres => Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={Account}", $"--regid={Account}", "--init-groups", "--"]
        : [];

    private void Launch() => _process = _folder.Start(
        _folder.Of("postgres.log"), new Dictionary<string, string>(),
        [
            .. _before, .. AsPostgres, Binary("postgres"), "-D", _data,
            "-c", $"listen_addresses={_address}",
            "-c", string.Create(CultureInfo.InvariantCulture, $"port={_port}"),
            "-c", "unix_socket_directories=", "-c", "shared_buffers=32MB", "-c", "max_wal_size=64MB",
            "-c", "min_wal_size=32MB", "-c", "max_connections=200",
        ]);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=2");
            await connection.OpenAsync();
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private string LogTail() => string.Join('\n', File.ReadLines(_folder.Of("postgres.log")).TakeLast(15));

    private static IEnumerable<int> Children(int parent) =>
        Directory.EnumerateFiles($"/proc/{parent}/task/{parent}", "children").SelectMany(File.ReadLines)
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>Whether a process holds anything still; a dead one that nobody asks about does not.</summary>
    private static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Find(string name) => Directory.Exists(Installed)
        ? Directory.GetDirectories(Installed).Select(version => Path.Combine(version, "bin", name)).Where(File.Exists)
            .Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private static string Binary(string name) => Find(name)
        ?? throw new HarnessException($"PostgreSQL is not installed: there is no {Installed}/*/bin/{name}.");
}
