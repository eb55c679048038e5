using System.Globalization;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge.Text;
using YamlDotNet.RepresentationModel;

namespace LegPain.Knowledge.Tests.Text;

/// <summary>A sentence of the corpus and what it says, in the notation at the head of its file.</summary>
internal sealed record Sentence(string Text, IReadOnlyList<string> Says)
{
    public static IReadOnlyList<Sentence> Read(string language)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(
            Path.Combine(AppContext.BaseDirectory, "Text", $"sentences.{language}.yaml"));
        stream.Load(reader);
        return
        [
            .. ((YamlSequenceNode)stream.Documents[0].RootNode).Children.Cast<YamlMappingNode>()
                .Select(node => new Sentence(
                    ((YamlScalarNode)node["text"]).Value!,
                    [.. ((YamlSequenceNode)node["says"]).Children.Select(child => ((YamlScalarNode)child).Value!)])),
        ];
    }

    /// <summary>Writes a mention in the notation of the corpus.</summary>
    public static string Of(Mention mention)
    {
        var value = mention.Number is { } number ? "=" + number.ToString(CultureInfo.InvariantCulture)
            : mention.Options.Count > 0 ? "=" + string.Join(',', mention.Options) : string.Empty;
        var began = mention.BeganDaysAgo is { } days ? "@" + days.ToString(CultureInfo.InvariantCulture) : string.Empty;
        var presence = mention.Presence switch
        {
            Presence.Present => string.Empty,
            Presence.Absent => "no:",
            _ => "unknown:",
        };
        return $"{presence}{mention.Finding.Id}{value}{began}{(mention.IsUncertain ? "~" : string.Empty)}";
    }
}
