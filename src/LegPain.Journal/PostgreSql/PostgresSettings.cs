using System.Globalization;
using Npgsql;

namespace LegPain.Journal.PostgreSql;

/// <summary>What every connection of the journal is opened with, and what a server must be like.</summary>
internal static class PostgresSettings
{
    /// <summary>Longest wait for a connection, in seconds.</summary>
    public const int ConnectSeconds = 3;

    /// <summary>
    /// Longest time the server works on a statement, in seconds: it then stops it and says that nothing was written.
    /// </summary>
    public const int StatementSeconds = 5;

    /// <summary>
    /// Longest wait for the answer to a statement, in seconds. Longer than the server's own limit, so that it ends a
    /// wait only when the server or the network is gone; what became of the statement is then not known.
    /// </summary>
    public const int AnswerSeconds = 8;

    /// <summary>Most connections that read: with the writer's one, 17 a node of the server's usual 100.</summary>
    public const int ReadersMax = 16;

    private const int OthersMax = 4;

    /// <summary>Statements of a reading connection that stay prepared; the journal reads with five.</summary>
    private const int PreparedMax = 16;

    /// <summary>Asks whether the server is a standby, or takes no writes.</summary>
    public const string TakesNoWritesText =
        "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";

    /// <summary>Seconds of silence after which the system asks for a sign of life, and between asking.</summary>
    private const int KeepAliveSeconds = 5;

    private const int VersionMin = 13;

    private static readonly string Options = string.Create(
        CultureInfo.InvariantCulture,
        $"-c synchronous_commit=on -c statement_timeout={StatementSeconds}s -c tcp_keepalives_count=3 "
        + $"-c tcp_keepalives_idle={KeepAliveSeconds} -c tcp_keepalives_interval={KeepAliveSeconds}");

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="JournalOpenException">
    /// It cannot be read, names no host, or several and not that the primary is wanted. What Npgsql says of it is
    /// dropped: that repeats a keyword it does not know, and of a string in the form of a URI the keyword holds the
    /// password.
    /// </exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder? given = null;
        try
        {
            given = new(connectionString);
        }
        catch (Exception)
        {
            // Reported below, without it.
        }

        if (given is null || string.IsNullOrWhiteSpace(given.Host))
        {
            throw new JournalOpenException(
                "The connection string of PostgreSQL cannot be read: it is a list of Keyword=Value; with at least a "
                + "Host.");
        }

        return !given.Host.Contains(',') || given.TargetSessionAttributes is "primary" or "read-write"
            ? given
            : throw new JournalOpenException(
                "The connection string of PostgreSQL names several hosts: say Target Session Attributes=primary, or "
                + "a standby may be read, which lags behind what was acknowledged.");
    }

    /// <summary>Makes the source of pooled connections for reads, none of which is to a standby.</summary>
    /// <remarks>
    /// It looks at every new connection: a server that is a standby now has lost its old ones as it was started again,
    /// and what it says may be older than what was acknowledged.
    /// </remarks>
    public static NpgsqlDataSource Readers(NpgsqlConnectionStringBuilder given)
    {
        var settings = Common(given);
        settings.MaxPoolSize = ReadersMax;
        settings.MaxAutoPrepare = PreparedMax;
        settings.AutoPrepareMinUsages = 2;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("The journal opens no connection but asynchronously."),
            RefuseStandbyAsync);
        return builder.Build();
    }

    /// <summary>Makes the source of connections for tables that are not the journal's.</summary>
    public static NpgsqlDataSource Others(NpgsqlConnectionStringBuilder given)
    {
        var settings = Common(given);
        settings.MaxPoolSize = OthersMax;
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Makes the source of the writer's connection: not the pool, which readers may have emptied.</summary>
    public static NpgsqlDataSource Writer(NpgsqlConnectionStringBuilder given)
    {
        var settings = Common(given);
        settings.Pooling = false;

        // Past its time the connection is given up at once: canceling would only add to the wait.
        settings.CancellationTimeout = -1;
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Refuses a server that would lose or refuse what a journal writes.</summary>
    /// <exception cref="JournalOpenException">It is not fit; the message names every fault.</exception>
    public static async Task RefuseUnfitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var faults = await FaultsAsync(connection, cancellationToken);
        if (faults.Count > 0)
        {
            throw new JournalOpenException(
                $"This PostgreSQL server cannot keep a journal: {string.Join("; ", faults)}.");
        }
    }

    private static async Task RefuseStandbyAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        if (await command.ExecuteScalarAsync() is not false)
        {
            throw new NpgsqlException("This PostgreSQL server is a standby: it may lag behind.");
        }
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT current_setting('server_version_num')::integer, current_setting('fsync'),
                   current_setting('full_page_writes'), current_setting('synchronous_commit'),
                   current_setting('data_sync_retry', true), current_setting('server_encoding'),
                   ({TakesNoWritesText})
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var faults = new List<string>();
        FaultIf(reader.GetInt32(0) / 10_000 < VersionMin, $"it is older than PostgreSQL {VersionMin}");
        FaultIf(reader.GetString(1) == "off", "fsync is off: a power cut would lose what was acknowledged");
        FaultIf(reader.GetString(2) == "off", "full_page_writes is off: a power cut could tear pages");
        FaultIf(reader.GetString(3) == "off", "synchronous_commit is off: a crash would lose what was acknowledged");
        FaultIf(reader.GetValue(4) is "on", "data_sync_retry is on: a flush that is repeated proves nothing");
        FaultIf(reader.GetString(5) != "UTF8", "its encoding is not UTF8");
        FaultIf(reader.GetBoolean(6), "it is a standby, or takes no writes");
        return faults;

        void FaultIf(bool faulty, string text)
        {
            if (faulty)
            {
                faults.Add(text);
            }
        }
    }

    private static NpgsqlConnectionStringBuilder Common(NpgsqlConnectionStringBuilder given) =>
        new(given.ConnectionString)
        {
            ApplicationName = given.ApplicationName ?? "legpain-journal",
            Timeout = ConnectSeconds,
            CommandTimeout = AnswerSeconds,
            TcpKeepAlive = true,
            TcpKeepAliveTime = KeepAliveSeconds,
            TcpKeepAliveInterval = KeepAliveSeconds,
            Enlist = false,

            // Where Kerberos is not installed, trying it says so on the console at every start.
            GssEncryptionMode = given.ContainsKey("GSS Encryption Mode")
                ? given.GssEncryptionMode
                : GssEncryptionMode.Disable,

            // The detail of an error can hold values of a row.
            IncludeErrorDetail = false,
            Options = given.Options is { } options ? $"{options} {Options}" : Options,
        };
}
