using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace LegPain.Tests;

/// <summary>A real PostgreSQL server from Debian's binaries, in a temporary folder, on a port of its own.</summary>
/// <remarks>
/// PostgreSQL does not run as root: a root process starts it as the user postgres. It flushes for real. Who needs a
/// database of his own asks for one; who stops or kills the server needs a server of his own.
/// </remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Account = "postgres";
    private const string Installed = "/usr/lib/postgresql";

    private static readonly TimeSpan CommandMax = TimeSpan.FromMinutes(2);

    private readonly string _binaries = Binaries();
    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-postgres-").FullName;
    private readonly int _port = Ports.Free();
    private IReadOnlyList<string> _settings = [];
    private int _databases;

    private PostgresServer() => AppDomain.CurrentDomain.ProcessExit += OnExit;

    /// <summary>Gets the processor time of all its processes so far, those that have ended included.</summary>
    public TimeSpan Used => TimeSpan.FromSeconds(Processes().Sum(id => Ticks(id, withEnded: id == Postmaster())) / 100);

    private string Data => Path.Combine(_folder, "data");

    private string StandbySignal => Path.Combine(Data, "standby.signal");

    private string Log => Path.Combine(_folder, "log");

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="settings">Settings that differ from the usual ones, each as "name=value".</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresServer> StartAsync(params IReadOnlyList<string> settings)
    {
        var server = new PostgresServer();
        try
        {
            await GiveAsync(server._folder);

            // Rules of a language, so that a text compared by the database's own rules is noticed.
            await server.RunAsPostgresAsync("initdb", "-D", server.Data, "-U", Account, "--auth=trust", "--no-sync",
                "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US");
            await server.StartAgainAsync(settings);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server again, on the same data and port, with the settings it had.</summary>
    public Task StartAgainAsync() => StartAgainAsync(_settings);

    /// <summary>Starts the server again, on the same data and port, with other settings.</summary>
    public async Task StartAgainAsync(IReadOnlyList<string> settings)
    {
        _settings = settings;
        string[] usual =
        [
            "listen_addresses=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"port={_port}"),
            $"unix_socket_directories={_folder}", "shared_buffers=32MB",
        ];
        var options = string.Join(' ', usual.Concat(settings).Select(setting => $"-c {setting}"));
        await RunAsPostgresAsync("pg_ctl", "-D", Data, "-l", Log, "-w", "-o", options, "start");
    }

    /// <summary>Starts the stopped server again, as a standby that hears of nothing new.</summary>
    public async Task StartAsStandbyAsync()
    {
        await File.WriteAllBytesAsync(StandbySignal, []);
        await GiveAsync(StandbySignal);
        await StartAgainAsync();
    }

    /// <summary>Makes the stopped server one that takes writes when it is started again.</summary>
    public void MakePrimary() => File.Delete(StandbySignal);

    /// <summary>Ends every connection, writes a checkpoint and stops.</summary>
    public Task StopAsync() => StopAsync("fast");

    /// <summary>Stops without a checkpoint: the next start recovers from the log, as after a crash.</summary>
    public Task StopAtOnceAsync() => StopAsync("immediate");

    /// <summary>Stops every process of the server where it is: connections stay, and nothing answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets a frozen server go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Kills every process of the server, the postmaster first.</summary>
    public void Kill()
    {
        foreach (var id in Processes())
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has gone by itself.
            }
        }
    }

    /// <summary>Returns how to reach a database of the server.</summary>
    public string ConnectionString(string database = "postgres") => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={_port};Username={Account};Database={database}");

    /// <summary>Makes an empty database and returns how to reach it.</summary>
    /// <param name="options">What CREATE DATABASE should know beside the name.</param>
    public async Task<string> CreateDatabaseAsync(string options = "")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 {options}");
        return ConnectionString(name);
    }

    /// <summary>Gives a folder to the server's account.</summary>
    public static Task GiveAsync(string folder) =>
        Environment.IsPrivilegedProcess ? RunAsync("chown", Account, folder) : Task.CompletedTask;

    /// <summary>Runs a statement as the superuser.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString(), sql);

    /// <summary>Runs a statement on a database and returns the first value of its answer.</summary>
    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own fixed text.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Kill();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void OnExit(object? sender, EventArgs e) => Kill();

    private Task StopAsync(string mode) => RunAsPostgresAsync("pg_ctl", "-D", Data, "-w", "-m", mode, "stop");

    private Task SignalAsync(string signal) => RunAsync(
        "kill", [$"-{signal}", .. Processes().Select(id => id.ToString(CultureInfo.InvariantCulture))]);

    private IReadOnlyList<int> Processes() =>
        Postmaster() is { } postmaster ? [postmaster, .. Children(postmaster)] : [];

    private int? Postmaster()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        return File.Exists(file) && File.ReadLines(file).FirstOrDefault() is { } id
            && int.TryParse(id, CultureInfo.InvariantCulture, out var process)
            && Directory.Exists($"/proc/{id}") && File.ReadAllText($"/proc/{id}/cmdline").Contains(_folder)
            ? process
            : null;
    }

    private static List<int> Children(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == parent),
    ];

    private static int ParentOf(int id) =>
        Status(id) is { } status ? int.Parse(status[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>Returns hundredths of a second of processor time: in user mode and in the system.</summary>
    private static double Ticks(int id, bool withEnded) => Status(id) is { } status
        ? status[11..(withEnded ? 15 : 13)].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture))
        : 0;

    /// <summary>Returns what the kernel says of a process, from its state on; null if it has gone.</summary>
    private static string[]? Status(int id)
    {
        try
        {
            // "id (name) state parent ...", where the name may hold anything.
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task RunAsPostgresAsync(string program, params IReadOnlyList<string> arguments)
    {
        program = Path.Combine(_binaries, program);
        try
        {
            await (Environment.IsPrivilegedProcess
                ? RunAsync("runuser", ["-u", Account, "--", program, .. arguments])
                : RunAsync(program, arguments));
        }
        catch (InvalidOperationException exception) when (File.Exists(Log))
        {
            throw new InvalidOperationException($"{exception.Message}\n{await File.ReadAllTextAsync(Log)}", exception);
        }
    }

    private static async Task RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(CommandMax);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {await errors}\n{await output}");
        }
    }

    private static string Binaries() =>
        (Directory.Exists(Installed) ? Directory.GetDirectories(Installed) : [])
            .Where(folder => File.Exists(Path.Combine(folder, "bin", "initdb")))
            .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
            .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault()
        ?? throw new InvalidOperationException(
            $"PostgreSQL is not installed: there is no {Installed}/*/bin/initdb. `tests/run` installs it, and so does "
            + "`apt-get install postgresql`.");
}
