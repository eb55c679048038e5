using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Knowledge;
using LegPain.Server.Security;
using Npgsql;

namespace LegPain.Server.Cluster;

/// <summary>What the cluster itself keeps in its database: who is a member, and what all must agree on.</summary>
internal static class ClusterDatabase
{
    private const string Schema = "orleans";

    /// <summary>
    /// Brings the tables up to date, and refuses a node that would key patients otherwise, or could not read what the
    /// others assess.
    /// </summary>
    /// <exception cref="JournalOpenException">
    /// The database cannot be reached, is newer, or belongs to nodes with another secret.
    /// </exception>
    /// <exception cref="ServerSettingsException">The knowledge of this node and of others differ.</exception>
    public static async Task PrepareAsync(
        ServerSettings settings, PatientKeys keys, IReadOnlyList<KnowledgePack> packs,
        CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(settings.Postgres!);
        try
        {
            await PostgresMigrations.ApplyAsync(database, "cluster", Scripts(), cancellationToken);
            await AgreeAsync(database, settings.ClusterId, keys.Fingerprint(), cancellationToken);
            await KnowledgeAgreement.ReachAsync(database, settings, packs, cancellationToken);
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

    private static async Task AgreeAsync(
        NpgsqlDataSource database, string clusterId, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var agree = database.CreateCommand(
            """
            INSERT INTO orleans.installation (cluster_id, patient_key_fingerprint) VALUES ($1, $2)
            ON CONFLICT (cluster_id) DO UPDATE SET cluster_id = excluded.cluster_id
            RETURNING patient_key_fingerprint
            """);
        agree.Parameters.AddWithValue(clusterId);
        agree.Parameters.AddWithValue(fingerprint);
        var agreed = (byte[])(await agree.ExecuteScalarAsync(cancellationToken))!;
        if (!agreed.AsSpan().SequenceEqual(fingerprint))
        {
            throw new JournalOpenException(
                $"patient-key-file is not the one of cluster {clusterId}: with another secret its patients could not "
                + "be found.");
        }
    }
}
