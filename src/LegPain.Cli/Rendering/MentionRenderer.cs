using LegPain.Cli.Notation;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using Spectre.Console;

namespace LegPain.Cli.Rendering;

/// <summary>Writes what was understood of a sentence, each finding with the words it came from.</summary>
internal sealed class MentionRenderer(IAnsiConsole console)
{
    private const int WordsColumn = 34;

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly Page _page = new(console);

    /// <summary>Writes the mentions of a sentence in the notation of <c>report</c>.</summary>
    public void Write(string sentence, ParseTextResponse parsed)
    {
        if (parsed.Mentions.Count == 0)
        {
            _page.Write(0, "Nothing was understood.");
        }

        foreach (var mention in parsed.Mentions)
        {
            var notation = ObservationText.Of(Proposal.Of(mention)).PadRight(WordsColumn);
            _page.WriteHanging(2, new Run(notation, Bold, Unbroken: true), Marked(sentence, mention),
                new Run(Remark(mention), Dim));
        }

        if (parsed.RedFlags.Count > 0)
        {
            _page.Labeled("Raises", string.Join(", ", parsed.RedFlags));
        }
    }

    /// <summary>Returns the words in brackets, with what stands beside them.</summary>
    private static string Marked(string sentence, Mention mention)
    {
        var (start, end) = (mention.Start, mention.Start + mention.Length);
        var from = sentence.LastIndexOf(' ', Math.Max(0, start - 2)) + 1;
        var to = end + 1 < sentence.Length ? sentence.IndexOf(' ', end + 1) : -1;
        from = Math.Min(from, start);
        return $"{sentence[from..start]}[{sentence[start..end]}]{(to < 0 ? sentence[end..] : sentence[end..to])}"
            .ReplaceLineEndings(" ");
    }

    private static string Remark(Mention mention)
    {
        var remarks = new List<string>();
        if (mention.HasBeganDaysAgo)
        {
            remarks.Add(FormattableString.Invariant($"began {mention.BeganDaysAgo} d ago"));
        }

        if (mention.Presence == Presence.Unknown && !mention.Uncertain)
        {
            remarks.Add("no value said");
        }

        if (mention.Uncertain)
        {
            remarks.Add("uncertain");
        }

        return remarks.Count == 0 ? string.Empty : $"  ({string.Join(", ", remarks)})";
    }
}
