using System.Collections;
using System.Globalization;
using System.Reflection;
using LegPain.Engine.Inference;

namespace LegPain.Grains.Tests;

/// <summary>Every public field of a value as text, all the way down: records with lists compare by reference.</summary>
internal static class Describe
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        DateTimeOffset time => $"@{time.UtcTicks}",
        TimeSpan span => $"{span.Ticks}t",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Enum or bool => value.ToString()!,
        IFormattable number and not IEnumerable when value.GetType().IsPrimitive =>
            number.ToString(null, CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexString(bytes),
        Assessment assessment => Of(assessment.ToData()),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]",
        _ => Members(value),
    };

    private static string Members(object value)
    {
        var members = value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{property.Name}={Of(property.GetValue(value))}");
        return $"{value.GetType().Name}({string.Join(", ", members)})";
    }
}
