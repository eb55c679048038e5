using System.Text.Json;
using System.Text.Json.Serialization;
using LegPain.Robustness.Checking;

namespace LegPain.Robustness.History;

/// <summary>The histories of a run as files of JSON lines, so that they can be judged again later.</summary>
internal sealed class HistoryFolder : IDisposable
{
    private const string OperationsFile = "operations.jsonl";
    private const string WatchesFile = "watches.jsonl";
    private const string FaultsFile = "faults.jsonl";
    private const string StoredFile = "stored.jsonl";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly StreamWriter _operations;
    private readonly StreamWriter _watches;
    private readonly StreamWriter _faults;

    /// <summary>Begins the histories of a run.</summary>
    public HistoryFolder(string path)
    {
        Directory.CreateDirectory(path);
        Path = path;
        _operations = new(System.IO.Path.Combine(path, OperationsFile));
        _watches = new(System.IO.Path.Combine(path, WatchesFile));
        _faults = new(System.IO.Path.Combine(path, FaultsFile));
    }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Writes a line. Safe to call from many clients at once.</summary>
    public void Add(Operation operation) => Write(_operations, operation);

    /// <summary>Writes a line. Safe to call from many watches at once.</summary>
    public void Add(WatchLine line) => Write(_watches, line);

    /// <summary>Writes a line.</summary>
    public void Add(Fault fault) => Write(_faults, fault);

    /// <summary>Ends the histories and adds what the journal's tables hold.</summary>
    public void Close(IReadOnlyDictionary<string, StoredPatient> stored)
    {
        Dispose();
        File.WriteAllLines(
            System.IO.Path.Combine(Path, StoredFile), stored.Select(one => JsonSerializer.Serialize(one, Json)));
    }

    /// <summary>Reads everything a run is judged by.</summary>
    public static Evidence Read(string path) => new(
        Read<Operation>(path, OperationsFile), Read<WatchLine>(path, WatchesFile), Read<Fault>(path, FaultsFile),
        Read<KeyValuePair<string, StoredPatient>>(path, StoredFile).ToDictionary());

    public void Dispose()
    {
        _operations.Dispose();
        _watches.Dispose();
        _faults.Dispose();
    }

    private static void Write<T>(StreamWriter writer, T line)
    {
        var text = JsonSerializer.Serialize(line, Json);
        lock (writer)
        {
            writer.WriteLine(text);
        }
    }

    private static List<T> Read<T>(string path, string file) =>
    [
        .. File.ReadLines(System.IO.Path.Combine(path, file))
            .Select(line => JsonSerializer.Deserialize<T>(line, Json)!),
    ];
}
