using System.Text.Json;
using System.Text.Json.Serialization;

namespace LegPain.Cli.Evaluation;

/// <summary>One fault of a vignette file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Text">What is wrong.</param>
internal sealed record VignetteFault(int Line, string Text);

/// <summary>A vignette file that cannot be read. Names every faulty line at once.</summary>
internal sealed class VignetteFileException(string path, IReadOnlyList<VignetteFault> faults)
    : Exception(string.Join('\n', faults.Select(fault => $"{path}:{fault.Line}: {fault.Text}")))
{
    public string Path { get; } = path;

    public IReadOnlyList<VignetteFault> Faults { get; } = faults;
}

/// <summary>Reads vignettes, one JSON object a line. The format: <c>tests/vignettes/README.md</c>.</summary>
internal static class VignetteFile
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads all vignettes of a file, in its order. Empty lines are left out.</summary>
    /// <exception cref="VignetteFileException">A line is no vignette, or there is none.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyList<Vignette> Read(string path)
    {
        var vignettes = new List<Vignette>();
        var faults = new List<VignetteFault>();
        var lineOfId = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, text) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var line = index + 1;
            try
            {
                var vignette = JsonSerializer.Deserialize<Vignette>(text, Format)
                    ?? throw new JsonException("null is no vignette.");
                if (vignette.Gold.Causes.Count == 0)
                {
                    faults.Add(new(line, "gold.causes is empty: nothing could count as right."));
                }

                if (!lineOfId.TryAdd(vignette.Id, line))
                {
                    faults.Add(new(line, $"'{vignette.Id}' is the id of line {lineOfId[vignette.Id]} too."));
                }

                vignettes.Add(vignette);
            }
            catch (JsonException exception)
            {
                faults.Add(new(line, Describe(exception)));
            }
        }

        if (vignettes.Count == 0 && faults.Count == 0)
        {
            faults.Add(new(1, "The file has no vignette."));
        }

        return faults.Count == 0 ? vignettes : throw new VignetteFileException(path, faults);
    }

    /// <summary>Leaves out the position within the line, which the parser adds.</summary>
    private static string Describe(JsonException exception)
    {
        var end = exception.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end < 0 ? exception.Message : exception.Message[..end];
        return exception.Path is null or "$" ? text : $"{exception.Path[2..]}: {text}";
    }
}
