using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Server.Security;
using Npgsql;

namespace LegPain.Server.Cluster;

/// <summary>What the cluster itself keeps in its database: who is a member, and what all must agree on.</summary>
internal static class ClusterDatabase
{
    private const string Schema = "orleans";

    /// <summary>Brings the tables up to date, and refuses a node that would key patients otherwise.</summary>
    /// <exception cref="JournalOpenException">
    /// The database cannot be used, is newer, or belongs to nodes with another secret.
    /// </exception>
    public static async Task PrepareAsync(
        ServerSettings settings, PatientKeys keys, CancellationToken cancellationToken)
    {
        await using var database = PostgresJournal.CreateDataSource(settings.Postgres!);
        try
        {
            await PostgresMigrations.ApplyAsync(database, "cluster", Scripts(), cancellationToken);
            await AgreeOnKeyAsync(database, keys.Fingerprint(), cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new JournalOpenException("The database of the cluster cannot be used.", exception);
        }
    }

    /// <summary>Returns the connection string of Orleans' own queries, which name no schema.</summary>
    public static string ForOrleans(string postgres) => new NpgsqlConnectionStringBuilder(postgres)
    {
        SearchPath = Schema,
        Timezone = "UTC",
        MaxPoolSize = 10,
        Timeout = 5,
        CommandTimeout = 5,
        ApplicationName = "legpain membership",
    }.ConnectionString;

    private static List<(string Name, string Sql)> Scripts()
    {
        var assembly = typeof(ClusterDatabase).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("postgresql/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (name, reader.ReadToEnd());
            })];
    }

    private static async Task AgreeOnKeyAsync(
        NpgsqlDataSource database, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var agree = database.CreateCommand(
            """
            INSERT INTO orleans.installation (patient_key_fingerprint) VALUES ($1)
            ON CONFLICT (is_the_only_row) DO UPDATE SET is_the_only_row = true
            RETURNING patient_key_fingerprint
            """);
        agree.Parameters.AddWithValue(fingerprint);
        var agreed = (byte[])(await agree.ExecuteScalarAsync(cancellationToken))!;
        if (!agreed.AsSpan().SequenceEqual(fingerprint))
        {
            throw new JournalOpenException(
                "patient-key-file is not the one of this database: with another secret its patients could not be "
                + "found.");
        }
    }
}
