using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using LegPain.Robustness.Checking;
using LegPain.Robustness.History;
using Microsoft.Data.Sqlite;
using Npgsql;
using Stored = LegPain.Protocol.Journal.V1;

namespace LegPain.Robustness.Harness;

/// <summary>Reads the journal's tables with its own SQL, once every server has stopped.</summary>
internal static class FinalState
{
    /// <summary>Reads all patients.</summary>
    /// <param name="rig">The stopped servers.</param>
    /// <param name="patients">The callers' ids that were used.</param>
    /// <returns>By the caller's id; a stream of none of them under its own key.</returns>
    public static async Task<IReadOnlyDictionary<string, StoredPatient>> ReadAsync(
        Rig rig, IEnumerable<string> patients)
    {
        await using DbConnection connection = rig.Postgres is { } postgres
            ? new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false")
            : new SqliteConnection($"Data Source={Path.Combine(rig.SqliteData, "journal.db")};Pooling=False");
        await connection.OpenAsync();
        var schema = rig.Postgres is null ? string.Empty : "legpain.";
        var secret = await File.ReadAllBytesAsync(rig.SecretFile);
        var names = patients.ToDictionary(patient => KeyOf(secret, patient));

        var records = await RowsAsync(
            connection, $"SELECT stream, sequence, request_id, recorded_at, payload FROM {schema}record ORDER BY 1, 2",
            row => (Stream: row.GetString(0), Record: new StoredRecord(
                row.GetInt64(1), row.GetString(2), ContentOf((byte[])row[4]), row.GetInt64(3))));
        var heads = (await RowsAsync(
            connection, $"SELECT stream, sequence FROM {schema}head",
            row => (Stream: row.GetString(0), Sequence: row.GetInt64(1)))).ToDictionary(row => row.Stream);
        var streams = records.ToLookup(row => row.Stream, row => row.Record);
        return streams.Select(group => group.Key).Union(heads.Keys).ToDictionary(
            stream => names.GetValueOrDefault(stream, stream),
            stream => new StoredPatient(heads.GetValueOrDefault(stream).Sequence, [.. streams[stream]]));
    }

    /// <summary>The key of a patient, as src/decisions/0008-opaque-keys.md describes it.</summary>
    private static string KeyOf(byte[] secret, string patient) => Convert.ToHexStringLower(
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"default\0{patient}"))[..16]);

    private static string ContentOf(byte[] payload) => Contents.Of(Stored.Event.Parser.ParseFrom(payload));

    private static async Task<List<T>> RowsAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed text only.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var rows = await command.ExecuteReaderAsync();
        var list = new List<T>();
        while (await rows.ReadAsync())
        {
            list.Add(read(rows));
        }

        return list;
    }
}
