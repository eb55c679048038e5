using System.Xml.Linq;
using static LegPain.Cli.Evaluation.Markup;

namespace LegPain.Cli.Evaluation;

/// <summary>Draws the plots of a page as SVG. Colors come from the page's style, for light and dark.</summary>
internal static class Plots
{
    private const double Left = 64;
    private const double Top = 16;

    /// <summary>
    /// Draws stated against observed probability, with intervals; what is calibrated lies on the diagonal.
    /// </summary>
    public static XElement Reliability(Calibration calibration)
    {
        const double side = 360;
        return Picture(
            Left + side + 20, Top + side + 60, "Reliability: observed share right against stated probability",
            Axis(),
            Line("diagonal", Left, Top + side, Left + side, Top),
            Series("every", calibration.Curve),
            Series("leading", calibration.LeadingCurve),
            Words(Left + (side / 2), Top + side + 46, "middle", "stated probability, %"),
            Words(Left + 6, Top + 14, "start", "observed share right, %"));

        static double X(double share) => Left + (share * side);

        static double Y(double share) => Top + ((1 - share) * side);

        static IEnumerable<XElement> Axis() => Enumerable.Range(0, 6).SelectMany<int, XElement>(step =>
        [
            Line("grid", X(step / 5.0), Y(0), X(step / 5.0), Y(1)),
            Line("grid", X(0), Y(step / 5.0), X(1), Y(step / 5.0)),
            Words(X(step / 5.0), Y(0) + 20, "middle", $"{20 * step}"),
            Words(X(0) - 8, Y(step / 5.0) + 4, "end", $"{20 * step}"),
        ]);

        static IEnumerable<XElement> Series(string style, IReadOnlyList<ReliabilityBin> bins)
        {
            var points = bins.Where(bin => bin.MeanStated is not null)
                .Select(bin => (Bin: bin, X: X(bin.MeanStated!.Value), Y: Y(bin.Right.Share!.Value))).ToList();
            yield return Tag("polyline", With("class", $"curve {style}"), With("points", string.Join(' ', points.Select(
                point => FormattableString.Invariant($"{point.X:0.##},{point.Y:0.##}")))));
            foreach (var (bin, x, y) in points)
            {
                yield return Line($"whisker {style}", x, Y(bin.Right.Interval.Low), x, Y(bin.Right.Interval.High));
                yield return Tag("circle",
                    With("class", $"point {style}"), With("cx", x), With("cy", y), With("r", 4),
                    Tag("title", FormattableString.Invariant($"stated {100 * bin.MeanStated:0.#} %: {bin.Right}")));
            }
        }
    }

    /// <summary>
    /// Draws the right urgency against the one answered; the stronger, the larger its share of the line.
    /// </summary>
    public static XElement Confusion(EvaluationReport report)
    {
        const double cell = 76;
        const double head = 130;
        var levels = EvaluationReport.Urgencies;
        return Picture(head + (cell * levels.Count) + 20, Top + (cell * levels.Count) + 50,
            "Urgency: right against answered",
            levels.Reverse().SelectMany((gold, line) => Cells(gold, line)),
            levels.Select((answered, column) => Words(
                head + (cell * (column + 0.5)), Top + (cell * levels.Count) + 20, "middle", Wording.Word(answered))),
            Words(head + (cell * levels.Count / 2), Top + (cell * levels.Count) + 42, "middle", "answered"));

        IEnumerable<XElement> Cells(Engine.Vocabulary.Urgency gold, int line)
        {
            var total = Math.Max(1, levels.Sum(answered => report.Confusion(gold, answered)));
            yield return Words(
                head - 8, Top + (cell * (line + 0.5)) + 4, "end", $"right: {Wording.Word(gold)}");
            for (var column = 0; column < levels.Count; column++)
            {
                var count = report.Confusion(gold, levels[column]);
                var style = levels[column] < gold ? "cell under" : levels[column] == gold ? "cell exact" : "cell over";
                yield return Tag("rect",
                    With("class", style), With("x", head + (cell * column)), With("y", Top + (cell * line)),
                    With("width", cell - 2), With("height", cell - 2),
                    With("fill-opacity", 0.08 + (0.72 * count / total)));
                yield return Words(
                    head + (cell * (column + 0.5)), Top + (cell * (line + 0.5)) + 5, "middle", $"{count}");
            }
        }
    }

    /// <summary>Draws how often a right cause is among the first one, three and five, with intervals.</summary>
    public static XElement TopBars(IReadOnlyList<(string Name, Scores Scores)> parts)
    {
        const double head = 330;
        const double width = 420;
        const double line = 42;
        const double bar = 10;
        return Picture(
            head + width + 30, Top + (line * parts.Count) + 40, "A right cause among the first 1, 3 and 5",
            Enumerable.Range(0, 6).SelectMany<int, XElement>(step =>
            [
                Line("grid", X(step / 5.0), Top, X(step / 5.0), Top + (line * parts.Count)),
                Words(X(step / 5.0), Top + (line * parts.Count) + 20, "middle", $"{20 * step} %"),
            ]),
            parts.SelectMany((part, index) => Bars(part.Name, part.Scores, Top + (line * index) + 4)));

        static double X(double share) => head + (share * width);

        static IEnumerable<XElement> Bars(string name, Scores scores, double y)
        {
            yield return Words(head - 10, y + 20, "end", $"{name} (n = {scores.Count})");
            (string Style, Proportion Share)[] bars =
                [("top1", scores.Top1), ("top3", scores.Top3), ("top5", scores.Top5)];
            foreach (var (style, proportion) in bars)
            {
                var middle = y + (bar / 2);
                yield return Tag("rect",
                    With("class", style), With("x", head), With("y", y),
                    With("width", width * (proportion.Share ?? 0)), With("height", bar - 1),
                    Tag("title", $"{name}, {style}: {proportion}"));
                yield return Line(
                    "whisker", X(proportion.Interval.Low), middle, X(proportion.Interval.High), middle);
                y += bar + 1;
            }
        }
    }

    private static XElement Picture(double width, double height, string title, params object[] content) =>
        Tag("svg",
            With("viewBox", FormattableString.Invariant($"0 0 {width:0.##} {height:0.##}")), With("width", width),
            With("role", "img"), With("aria-label", title), content);

    private static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        Tag("line", With("class", style), With("x1", x1), With("y1", y1), With("x2", x2), With("y2", y2));

    private static XElement Words(double x, double y, string anchor, string text) =>
        Tag("text", With("x", x), With("y", y), With("text-anchor", anchor), text);
}
