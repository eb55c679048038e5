using System.Globalization;
using LegPain.Client;

namespace LegPain.Cli.Rendering;

/// <summary>Where statements come from, by the key they are cited by.</summary>
internal sealed class SourceNames
{
    /// <summary>No names: keys alone are written.</summary>
    public static readonly SourceNames None = new([]);

    private readonly Dictionary<string, string> _byKey;

    private SourceNames(Dictionary<string, string> byKey) => _byKey = byKey;

    /// <summary>Reads all sources of a server's knowledge.</summary>
    public static async Task<SourceNames> ReadAsync(LegPainClient client, CancellationToken cancellationToken)
    {
        var byKey = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var source in client.ListSourcesAsync(cancellationToken))
        {
            var year = source.Year == 0 ? string.Empty : source.Year.ToString(CultureInfo.InvariantCulture);
            byKey[source.Key] = $"{source.Key} ({$"{source.Publisher} {year}".Trim()})";
        }

        return new(byKey);
    }

    /// <summary>Returns keys with who published them and when.</summary>
    public string Of(IEnumerable<string> keys) =>
        string.Join(", ", keys.Select(key => _byKey.GetValueOrDefault(key, key)));
}
