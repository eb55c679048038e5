namespace LegPain.Knowledge.Text;

/// <summary>A number in a text.</summary>
/// <param name="Value">The number; in seconds or meters when the slot asks for a unit.</param>
/// <param name="HasUnit">Whether it was said with a unit.</param>
/// <param name="IsAbout">Whether it is approximate.</param>
/// <param name="AboutAt">The token, just before it, that says so; -1 when none does.</param>
/// <param name="End">The token after the number and its unit.</param>
internal readonly record struct Quantity(double Value, bool HasUnit, bool IsAbout, int AboutAt, int End)
{
    /// <summary>Returns the number in the unit of a finding.</summary>
    public double In(string? unit) =>
        HasUnit && Quantities.UnitOf(unit) is { } known ? Math.Round(Value / known.Size, 1) : Value;
}

/// <summary>Reads numbers in figures and words, with their units.</summary>
internal static class Quantities
{
    private const int SecondsPerDay = 86_400;

    // A month is 30 days and a year 365: what people mean by them is no closer.
    private static readonly Dictionary<string, (int Slot, double Size)> Units = new(StringComparer.Ordinal)
    {
        ["minute"] = (Slot.Time, 60),
        ["hour"] = (Slot.Time, 3600),
        ["day"] = (Slot.Time, SecondsPerDay),
        ["week"] = (Slot.Time, 7 * SecondsPerDay),
        ["month"] = (Slot.Time, 30 * SecondsPerDay),
        ["year"] = (Slot.Time, 365 * SecondsPerDay),
        ["meter"] = (Slot.Length, 1),
        ["kilometer"] = (Slot.Length, 1000),
        ["yard"] = (Slot.Length, 0.9144),
        ["foot"] = (Slot.Length, 0.3048),
        ["mile"] = (Slot.Length, 1609.344),
    };

    /// <summary>Gets the units a lexicon has words for.</summary>
    public static IReadOnlyCollection<string> UnitNames => Units.Keys;

    /// <summary>Returns the slot and size of a unit by its name, also in the plural; null for any other.</summary>
    public static (int Slot, double Size)? UnitOf(string? name) =>
        name is not null && Units.TryGetValue(name.TrimEnd('s'), out var unit) ? unit : null;

    /// <summary>Reads what fills a slot at a token, or null.</summary>
    /// <param name="scan">The text.</param>
    /// <param name="slot">Which slot.</param>
    /// <param name="at">The token.</param>
    /// <param name="isLast">
    /// Whether the phrase ends with it. A bare number must then stand for itself: the 7 of "7 days" is no rating, nor
    /// is the two of "two hips".
    /// </param>
    public static Quantity? Read(TextScan scan, int slot, int at, bool isLast)
    {
        if (at >= scan.Tokens.Count)
        {
            return null;
        }

        var lexicon = scan.Lexicon;
        if (slot == Slot.Time && Find(scan, at, lexicon.Moments) is var (days, end))
        {
            return new(days * SecondsPerDay, true, AboutBefore(scan, at) >= 0, AboutBefore(scan, at), end);
        }

        if (ReadNumber(scan, at) is not { } number)
        {
            return null;
        }

        var unit = Find(scan, number.End, lexicon.Units)
            ?? Find(scan, scan.SkipFillers(number.End), lexicon.Units);
        if (slot == Slot.Number)
        {
            var isWord = scan.Tokens[number.End - 1].Kind == TokenKind.Word;
            var goesOn = unit is not null || IsSign(scan, number.End)
                || (isWord && number.End < scan.Tokens.Count && !scan.Tokens[number.End].IsBreak);
            return isLast && goesOn ? null : number;
        }

        return unit is { } known && known.Value.Slot == slot
            ? number with { Value = number.Value * known.Value.Size, HasUnit = true, End = known.End }
            : null;
    }

    private static Quantity? ReadNumber(TextScan scan, int at)
    {
        var start = scan.EndOf(scan.Lexicon.Classes.About, at);
        if ((start > 0 ? ReadFigure(scan, start) : null) is not var (value, end))
        {
            start = at;
            if (ReadFigure(scan, at) is not var (number, numberEnd))
            {
                return null;
            }

            (value, end) = (number, numberEnd);
        }

        var about = start > at ? at : AboutBefore(scan, at);
        var isAbout = about >= 0 || scan.Has(scan.Lexicon.Classes.About, start);
        if (EndOfRange(scan, end) is > 0 and var second
            && ReadFigure(scan, second) is var (upper, upperEnd) && upper > value)
        {
            return new(upper, false, true, about, upperEnd);
        }

        return new(value, false, isAbout, about, end);
    }

    private static int EndOfRange(TextScan scan, int at) =>
        at < scan.Tokens.Count && scan.Tokens[at] is { Kind: TokenKind.Sign, Word: "-" or "–" }
            ? at + 1 : scan.EndOf(scan.Lexicon.Classes.Ranges, at);

    private static (double Value, int End)? ReadFigure(TextScan scan, int at) =>
        at >= scan.Tokens.Count ? null
        : scan.Tokens[at].Kind == TokenKind.Number ? (scan.Tokens[at].Number, at + 1)
        : Find(scan, at, scan.Lexicon.Numbers);

    private static int AboutBefore(TextScan scan, int at)
    {
        var about = scan.Lexicon.Classes.About;
        for (var before = at - 1; before >= 0 && before >= at - 2; before--)
        {
            if (scan.EndOf(about, before) == at)
            {
                return before;
            }
        }

        return -1;
    }

    private static bool IsSign(TextScan scan, int at) =>
        at < scan.Tokens.Count && scan.Tokens[at] is { Kind: TokenKind.Sign, Word: "/" };

    private static (T Value, int End)? Find<T>(TextScan scan, int at, IReadOnlyDictionary<int, T> values)
    {
        (T Value, int End)? longest = null;
        if (at < scan.Tokens.Count)
        {
            foreach (var set in scan.SetsAt(at))
            {
                if (values.TryGetValue(set, out var value) && scan.EndOf(set, at) is var end
                    && (longest is null || end > longest.Value.End))
                {
                    longest = (value, end);
                }
            }
        }

        return longest;
    }
}
