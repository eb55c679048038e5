using System.Reflection;
using Microsoft.Data.Sqlite;

namespace LegPain.Journal.Sqlite;

/// <summary>Opens connections to one database file and brings its schema up to date.</summary>
internal sealed class SqliteDatabase(string path)
{
    /// <summary>SQLite before this can corrupt a database when a write-ahead log is reset.</summary>
    private static readonly Version VersionMin = new(3, 51, 3);

    public SqliteConnection OpenWriter()
    {
        var connection = Open();
        try
        {
            RefuseOldLibrary(connection);

            // FULL: a commit is flushed before it is acknowledged. NORMAL would lose the last commits when the power
            // fails.
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA cache_size = -16384");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public SqliteConnection OpenReader()
    {
        var connection = Open();
        Execute(connection, "PRAGMA query_only = 1");
        return connection;
    }

    /// <summary>Applies the migrations that are missing, each in a transaction with its version.</summary>
    /// <exception cref="JournalOpenException">The file was written by a later version of LegPain.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var migrations = Migrations();
        var version = Convert.ToInt32(
            Scalar(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (version > migrations.Count)
        {
            throw new JournalOpenException(
                $"The journal has schema version {version}; this program knows {migrations.Count}. "
                + "Use the newer program.");
        }

        for (; version < migrations.Count; version++)
        {
            // One text in one transaction: a crash leaves either the old schema or the new one with its version.
            Execute(
                connection,
                $"BEGIN IMMEDIATE;\n{migrations[version]}\nPRAGMA user_version = {version + 1};\nCOMMIT;");
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 5,
        }.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void RefuseOldLibrary(SqliteConnection connection)
    {
        if (Version.Parse(connection.ServerVersion) < VersionMin)
        {
            throw new JournalOpenException(
                $"SQLite {connection.ServerVersion} can corrupt a journal: {VersionMin} or later is needed.");
        }
    }

    private static List<string> Migrations()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("sqlite/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed text and our own migrations only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed text only.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
