using System.Text.Json;

namespace LegPain.Cli.Evaluation;

/// <summary>A figure beside its floor.</summary>
/// <param name="Figure">The figure's name in the file of floors.</param>
/// <param name="Floor">How many vignettes it must reach.</param>
/// <param name="Achieved">How many it reaches.</param>
internal sealed record FloorCheck(string Figure, int Floor, int Achieved);

/// <summary>A file of floors that cannot be used, and why.</summary>
internal sealed class FloorsException(string message) : Exception(message);

/// <summary>
/// Counts that a run over one vignette file must reach. Every figure is better when greater, and a floor may only rise.
/// </summary>
internal static class Floors
{
    private const string Vignettes = "vignettes";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly (string Name, Func<EvaluationReport, int> Count)[] Figures =
    [
        ("understood", report => report.Understood.Count),
        ("goldKnown", report => report.GoldKnown.Count),
        ("top1", report => report.Overall.Top1.Count),
        ("top3", report => report.Overall.Top3.Count),
        ("top5", report => report.Overall.Top5.Count),
        ("urgencyExact", report => report.Overall.Exact.Count),
        ("urgencyAcceptable", report => report.Overall.Acceptable.Count),
        ("neverBelowGold", report => report.Overall.NeverBelowGold.Count),
        ("atMostOneBelowGold", report => report.Overall.AtMostOneBelowGold.Count),
        ("neverBelowAcceptable", report => report.Overall.NeverBelowAcceptable.Count),
        ("notHazardous", report => report.Overall.Hazardous.Of - report.Overall.Hazardous.Count),
        ("notOverByTwo", report => report.Overall.OverByTwo.Of - report.Overall.OverByTwo.Count),
        ("notOverAcceptableByTwo",
            report => report.Overall.OverAcceptableByTwo.Of - report.Overall.OverAcceptableByTwo.Count),
    ];

    /// <summary>Compares a run with a file of floors.</summary>
    /// <returns>Every figure, in a fixed order.</returns>
    /// <exception cref="FloorsException">
    /// The file is not made of counts, lacks a figure, or was made for another number of vignettes.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyList<FloorCheck> Check(string path, EvaluationReport report)
    {
        var floors = Read(path);
        if (floors.GetValueOrDefault(Vignettes) != report.Outcomes.Count)
        {
            throw new FloorsException(
                $"{path} was made for {floors.GetValueOrDefault(Vignettes)} vignettes, not {report.Outcomes.Count}: "
                + "floors of one file say nothing of another. Delete it to begin anew with --raise-floors.");
        }

        var unknown = floors.Keys.Except(Figures.Select(figure => figure.Name).Append(Vignettes)).ToList();
        return unknown.Count > 0
            ? throw new FloorsException($"{path} names no figure with {string.Join(", ", unknown)}.")
            : [.. Figures.Select(figure => new FloorCheck(
                figure.Name,
                floors.TryGetValue(figure.Name, out var floor)
                    ? floor : throw new FloorsException($"{path} lacks {figure.Name}."),
                figure.Count(report)))];
    }

    /// <summary>Writes what a run achieves as its floors.</summary>
    public static void Write(string path, EvaluationReport report)
    {
        var floors = new Dictionary<string, int> { [Vignettes] = report.Outcomes.Count };
        foreach (var (name, count) in Figures)
        {
            floors[name] = count(report);
        }

        File.WriteAllText(path, JsonSerializer.Serialize(floors, Indented) + "\n");
    }

    private static Dictionary<string, int> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException)
        {
            throw new FloorsException($"{path} is not a JSON object of counts.");
        }
    }
}
