using Google.Protobuf;

namespace LegPain.Cli;

/// <summary>
/// Writes messages as JSON, in the mapping of protobuf: camelCase names, enums by name, times in RFC 3339.
/// </summary>
internal static class JsonText
{
    private static readonly JsonFormatter Document = new(JsonFormatter.Settings.Default.WithIndentation());
    private static readonly JsonFormatter Line = new(JsonFormatter.Settings.Default);

    /// <summary>Writes one document over several lines.</summary>
    public static void WriteDocument(TextWriter output, IMessage message) => output.WriteLine(Document.Format(message));

    /// <summary>Writes one line, so that a reader can act on it at once.</summary>
    public static void WriteLine(TextWriter output, IMessage message)
    {
        output.WriteLine(Line.Format(message));
        output.Flush();
    }
}
