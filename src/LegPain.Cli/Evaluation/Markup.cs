using System.Globalization;
using System.Xml.Linq;

namespace LegPain.Cli.Evaluation;

/// <summary>Makes elements of a page. Texts are encoded when the page is written, so none can break it.</summary>
internal static class Markup
{
    /// <summary>Makes an element with attributes and content.</summary>
    public static XElement Tag(string name, params object?[] content)
    {
        var element = new XElement(name, content);
        if (element.IsEmpty && name != "meta")
        {
            // HTML knows no <td/>: it would stay open.
            element.Value = string.Empty;
        }

        return element;
    }

    /// <summary>Makes an attribute.</summary>
    public static XAttribute With(string name, string value) => new(name, value);

    /// <summary>Makes an attribute with a length in user units, rounded to hundredths.</summary>
    public static XAttribute With(string name, double value) =>
        new(name, value.ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>Makes a table with a line of headings.</summary>
    public static XElement Table(IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows) =>
        Tag("div", With("class", "wide"), Tag("table",
            Tag("thead", Tag("tr", headings.Select(heading => Tag("th", heading)))),
            Tag("tbody", rows.Select(row => Tag("tr", row.Select(cell => Tag("td", cell)))))));
}
