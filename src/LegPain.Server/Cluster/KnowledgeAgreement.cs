using LegPain.Knowledge;
using Npgsql;

namespace LegPain.Server.Cluster;

/// <summary>
/// Keeps nodes apart that could not read each other's assessments: each must have loaded what the others have in force.
/// </summary>
/// <remarks>
/// During a roll-out one node may assess with the new knowledge while another still does with the old; every assessment
/// says which. A node that had not loaded it could not show it, so it does not join.
/// </remarks>
internal static class KnowledgeAgreement
{
    /// <summary>Checks the packs of this node against those of the silos that live, and records them.</summary>
    /// <exception cref="ServerSettingsException">
    /// Some silo lacks what is in force here, or has in force what is lacking here; all such silos are named.
    /// </exception>
    public static async Task ReachAsync(
        NpgsqlDataSource database, ServerSettings settings, IReadOnlyList<KnowledgePack> packs,
        CancellationToken cancellationToken)
    {
        var loaded = packs.Select(pack => pack.Knowledge.Hash).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One node at a time: of two that start together the second sees the first.
        await using var alone = new NpgsqlCommand(
            "LOCK TABLE orleans.node_knowledge IN EXCLUSIVE MODE", connection, transaction);
        await alone.ExecuteNonQueryAsync(cancellationToken);
        await using var forget = new NpgsqlCommand(
            """
            DELETE FROM orleans.node_knowledge AS node
            WHERE started_at < now() - interval '1 day' AND NOT EXISTS (
                SELECT 1 FROM orleans.silo
                WHERE silo.cluster_id = node.cluster_id AND silo.address = node.address AND silo.port = node.port
                    AND silo.status = 3)
            """,
            connection, transaction);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        var faults = await FaultsAsync(connection, settings, loaded, cancellationToken);
        if (faults.Count > 0)
        {
            throw new ServerSettingsException(faults);
        }

        if (settings.Role != NodeRole.Gateway)
        {
            await using var record = new NpgsqlCommand(
                """
                INSERT INTO orleans.node_knowledge (cluster_id, address, port, in_force, loaded)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (cluster_id, address, port) DO UPDATE
                SET in_force = excluded.in_force, loaded = excluded.loaded, started_at = now()
                """,
                connection, transaction)
            {
                Parameters =
                {
                    new() { Value = settings.ClusterId }, new() { Value = settings.SiloAddress },
                    new() { Value = settings.SiloPort }, new() { Value = loaded[0] }, new() { Value = loaded },
                },
            };
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<List<string>> FaultsAsync(
        NpgsqlConnection connection, ServerSettings settings, string[] loaded, CancellationToken cancellationToken)
    {
        // A silo lives while it says so (3 is SiloStatus.Active), or has begun to start lately.
        await using var others = new NpgsqlCommand(
            """
            SELECT address, port, in_force, loaded FROM orleans.node_knowledge AS node
            WHERE cluster_id = $1 AND NOT (address = $2 AND port = $3)
                AND (started_at > now() - interval '30 seconds' OR EXISTS (
                    SELECT 1 FROM orleans.silo
                    WHERE silo.cluster_id = node.cluster_id AND silo.address = node.address AND silo.port = node.port
                        AND silo.status = 3 AND silo.alive_at > now() - interval '30 seconds'))
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = settings.ClusterId }, new() { Value = settings.SiloAddress },
                new() { Value = settings.SiloPort },
            },
        };
        var faults = new List<string>();
        await using var reader = await others.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var silo = $"{reader.GetString(0)}:{reader.GetInt32(1)}";
            if (!loaded.Contains(reader.GetString(2)))
            {
                faults.Add(
                    $"knowledge-also lacks what silo {silo} has in force ({reader.GetString(2)[..12]}): load it here "
                    + "first.");
            }

            if (settings.Role != NodeRole.Gateway && !reader.GetFieldValue<string[]>(3).Contains(loaded[0]))
            {
                faults.Add(
                    $"silo {silo} has not loaded what is to be in force here ({loaded[0][..12]}): load it there with "
                    + "knowledge-also first.");
            }
        }

        return faults;
    }
}
