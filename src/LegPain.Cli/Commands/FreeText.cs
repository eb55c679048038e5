using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>What a person says in their own words: read, shown, and kept only when they say that it is right.</summary>
internal sealed class FreeText(Terminal terminal, LegPainClient client, Informant informant)
{
    private const int CharactersMax = 2000;

    private readonly MentionRenderer _mentions = new(terminal.Out);
    private readonly Page _page = new(terminal.Out);

    /// <summary>Returns whether a line is a sentence and no answer: two words or more.</summary>
    public static bool IsSentence(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetter)) > 1
        && line.Length <= CharactersMax;

    /// <summary>Reads a sentence and asks whether it was understood.</summary>
    /// <returns>What is to be reported; empty when nothing was understood or it was not right.</returns>
    public async Task<IReadOnlyList<Observation>> ProposeAsync(string line, CancellationToken cancellationToken)
    {
        var parsed = await client.ParseTextAsync(line, cancellationToken);
        _mentions.Write(line, parsed);
        var now = terminal.Clock.GetUtcNow();
        var observations = parsed.Mentions.Where(mention => mention.Presence != Presence.Unknown)
            .Select(mention => Proposal.Of(mention, now)).ToList();
        if (observations.Count == 0)
        {
            return [];
        }

        var answer = await terminal.AskAsync("Is that right? [y, n] > ", cancellationToken);
        if (!AnswerReader.IsYes(answer))
        {
            _page.Write(0, "Nothing of it is stored.");
            return [];
        }

        observations.ForEach(observation => observation.Informant = informant);
        return observations;
    }
}
