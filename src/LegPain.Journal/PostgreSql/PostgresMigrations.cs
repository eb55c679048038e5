using System.Reflection;
using Npgsql;

namespace LegPain.Journal.PostgreSql;

/// <summary>Brings a PostgreSQL schema up to date; safe with several nodes that start at once.</summary>
/// <remarks>
/// What is applied is counted in <c>legpain.migration</c>, one count a set, so that others than the journal can keep
/// tables of theirs in the same database. Every migration runs in one transaction with its count, under an advisory
/// lock of the database: a crash leaves the old schema or the new one, and of two nodes one waits.
/// </remarks>
public static class PostgresMigrations
{
    /// <summary>The set of the journal's own tables.</summary>
    public const string JournalSet = "journal";

    /// <summary>The advisory lock that all who migrate take: "LEGPAIN" in ASCII.</summary>
    private const long LockKey = 0x4C454750_41494E;

    /// <summary>Longer than any migration of a large table should take.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A statement may take its time, a program that has gone may not: the server notices within half a minute, and
    /// lets the next one migrate.
    /// </summary>
    private const string LimitsText =
        """
        SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = '30s';
        SET LOCAL tcp_keepalives_idle = 5;
        SET LOCAL tcp_keepalives_interval = 5;
        SET LOCAL tcp_keepalives_count = 3
        """;

    /// <summary>Gets the journal's own migrations.</summary>
    internal static IReadOnlyList<(string Name, string Sql)> Journal { get; } = Embedded();

    /// <summary>Applies the migrations of a set that are missing, in order.</summary>
    /// <param name="source">The database. Its role must be able to make a schema and tables.</param>
    /// <param name="set">Whose migrations they are; a name for ever.</param>
    /// <param name="migrations">
    /// All migrations of the set from the first. Applied ones stay as they are; a new one comes at the end. The SQL
    /// names its schema and holds no BEGIN or COMMIT.
    /// </param>
    /// <param name="cancellationToken">Stops between statements; what was not committed is undone.</param>
    /// <exception cref="JournalOpenException">
    /// The database is of a later version of LegPain, or its applied migrations are not these.
    /// </exception>
    /// <exception cref="NpgsqlException">It cannot be reached, or a statement of a migration fails.</exception>
    public static async Task ApplyAsync(
        NpgsqlDataSource source, string set, IReadOnlyList<(string Name, string Sql)> migrations,
        CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        while (await ApplyNextAsync(connection, set, migrations, cancellationToken))
        {
        }
    }

    /// <summary>Applies one migration, or says that none is missing.</summary>
    private static async Task<bool> ApplyNextAsync(
        NpgsqlConnection connection, string set, IReadOnlyList<(string Name, string Sql)> migrations,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(LimitsText);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({LockKey})");
        await ExecuteAsync(
            """
            CREATE SCHEMA IF NOT EXISTS legpain;
            CREATE TABLE IF NOT EXISTS legpain.migration (
                set        text        COLLATE "C" NOT NULL,
                number     integer     NOT NULL,
                name       text        COLLATE "C" NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (set, number)
            )
            """);
        var applied = await AppliedAsync(connection, set, cancellationToken);
        Refuse(set, applied, migrations);
        if (applied.Count == migrations.Count)
        {
            await transaction.CommitAsync(cancellationToken);
            return false;
        }

        var (name, sql) = migrations[applied.Count];
        await ExecuteAsync(sql);
        await ExecuteAsync(
            "INSERT INTO legpain.migration (set, number, name) VALUES ($1, $2, $3)", set, applied.Count + 1, name);
        await transaction.CommitAsync(cancellationToken);
        return true;

        async Task ExecuteAsync(string text, params object[] values)
        {
            await using var command = Command(connection, text, values);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<string>> AppliedAsync(
        NpgsqlConnection connection, string set, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, "SELECT name FROM legpain.migration WHERE set = $1 ORDER BY number", set);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static void Refuse(
        string set, IReadOnlyList<string> applied, IReadOnlyList<(string Name, string Sql)> migrations)
    {
        if (applied.Count > migrations.Count)
        {
            throw new JournalOpenException(
                $"The database has version {applied.Count} of the schema \"{set}\"; this program knows "
                + $"{migrations.Count}. Use the newer program.");
        }

        for (var i = 0; i < applied.Count; i++)
        {
            if (applied[i] != migrations[i].Name)
            {
                throw new JournalOpenException(
                    $"Migration {i + 1} of the schema \"{set}\" is \"{applied[i]}\" in the database and "
                    + $"\"{migrations[i].Name}\" in this program.");
            }
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed text and migrations only.
        command.CommandText = text;
#pragma warning restore CA2100
        command.CommandTimeout = (int)TimeMax.TotalSeconds;
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private static List<(string Name, string Sql)> Embedded()
    {
        const string Folder = "postgresql/";
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (Path.GetFileNameWithoutExtension(name[Folder.Length..]), reader.ReadToEnd());
            })];
    }
}
