using LegPain.Journal.PostgreSql;
using LegPain.Knowledge;
using Npgsql;

namespace LegPain.Server.Cluster;

/// <summary>
/// Keeps nodes apart that could not read each other's assessments: each must have loaded what the others have in force.
/// </summary>
/// <remarks>
/// During a roll-out one node may assess with the new knowledge while another still does with the old; every assessment
/// says which. A node that had not loaded it could not show it, so it does not join. While it runs the node says that
/// it is there; one that is silent for <see cref="GoneAfter"/> is not asked any more.
/// </remarks>
internal sealed partial class KnowledgeAgreement : BackgroundService
{
    private const string GoneAfter = "30 seconds";

    private static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly ServerSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<KnowledgeAgreement> _logger;
    private readonly string _node;
    private readonly string[] _loaded;

    public KnowledgeAgreement(
        ServerSettings settings, IReadOnlyList<KnowledgePack> packs, TimeProvider clock,
        ILogger<KnowledgeAgreement> logger)
    {
        _database = PostgresJournal.CreateDataSource(settings.Postgres!);
        _settings = settings;
        _clock = clock;
        _logger = logger;

        // Gateways in containers all listen at the same address, each on a machine of its own.
        _node = settings.Role == NodeRole.Gateway
            ? $"gateway at {Environment.MachineName}, {settings.Listen.Authority}"
            : $"silo at {settings.SiloAddress}:{settings.SiloPort}";
        _loaded = [.. packs.Select(pack => pack.Knowledge.Hash)];
    }

    /// <summary>Checks the packs of this node against those of the nodes that live, and records them.</summary>
    /// <exception cref="ServerSettingsException">
    /// Some node lacks what is in force here, or has in force what is lacking here; all such nodes are named.
    /// </exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One node at a time: of two that start together the second sees the first.
        await using var alone = new NpgsqlCommand(
            $"""
            LOCK TABLE orleans.node_knowledge IN EXCLUSIVE MODE;
            DELETE FROM orleans.node_knowledge WHERE seen_at < now() - interval '{GoneAfter}'
            """,
            connection, transaction);
        await alone.ExecuteNonQueryAsync(cancellationToken);
        var faults = await FaultsAsync(connection, cancellationToken);
        if (faults.Count > 0)
        {
            throw new ServerSettingsException(faults);
        }

        await using var record = connection.CreateCommand();
        Record(record);
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _database.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SeenEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SayAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is stopping.
        }
    }

    private async Task SayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var record = _database.CreateCommand();
            Record(record);
            await record.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            LogSilent(exception);
        }
    }

    private void Record(NpgsqlCommand command)
    {
        command.CommandText =
            """
            INSERT INTO orleans.node_knowledge (cluster_id, node, in_force, loaded) VALUES ($1, $2, $3, $4)
            ON CONFLICT (cluster_id, node) DO UPDATE
            SET in_force = excluded.in_force, loaded = excluded.loaded, seen_at = now()
            """;
        command.Parameters.AddWithValue(_settings.ClusterId);
        command.Parameters.AddWithValue(_node);
        command.Parameters.AddWithValue(_loaded[0]);
        command.Parameters.AddWithValue(_loaded);
    }

    private async Task<List<string>> FaultsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var others = connection.CreateCommand();
        others.CommandText =
            "SELECT node, in_force, loaded FROM orleans.node_knowledge WHERE cluster_id = $1 AND node <> $2";
        others.Parameters.AddWithValue(_settings.ClusterId);
        others.Parameters.AddWithValue(_node);
        var faults = new List<string>();
        await using var reader = await others.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var other = reader.GetString(0);
            var assesses = !other.StartsWith("gateway", StringComparison.Ordinal);
            if (assesses && !_loaded.Contains(reader.GetString(1)))
            {
                faults.Add(
                    $"knowledge-also lacks what the {other} has in force ({reader.GetString(1)[..12]}): load it here "
                    + "first.");
            }

            if (_settings.Role != NodeRole.Gateway && !reader.GetFieldValue<string[]>(2).Contains(_loaded[0]))
            {
                faults.Add(
                    $"the {other} has not loaded what is to be in force here ({_loaded[0][..12]}): load it there with "
                    + "knowledge-also first.");
            }
        }

        return faults;
    }

    [LoggerMessage(EventId = 320, EventName = "KnowledgeUnsaid", Level = LogLevel.Warning,
        Message = "The node could not say which knowledge it has: nodes that start meanwhile may not respect it.")]
    private partial void LogSilent(Exception exception);
}
