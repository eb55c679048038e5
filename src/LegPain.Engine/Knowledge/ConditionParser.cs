using System.Globalization;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>What a condition may name while it is read.</summary>
public interface IConditionVocabulary
{
    /// <summary>Returns the finding with this id, or null.</summary>
    Finding? FindFinding(string id);

    /// <summary>Returns the position of the score with this id, or -1.</summary>
    int ScoreIndex(string id);
}

/// <summary>A fault in the text of a condition.</summary>
/// <param name="Line">The line within the text, from 0.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConditionFault(int Line, string Message);

/// <summary>Reads the notation of conditions and binds it to a vocabulary.</summary>
/// <remarks>
/// <code>
/// all(x, ..)  any(x, ..)  not(x)  unless(x)  at-least(n; x, ..)
/// f  f=option  f&gt;=n  f&lt;=n  f&gt;n  f&lt;n  score(s)&gt;=n
/// within(f, 14d)  known-within(f, 14d)  persistent(f, 42d)  worsening(f, 14d)
/// </code>
/// Never throws on bad text: a fault of grammar ends the reading, faults of vocabulary are all collected.
/// </remarks>
public sealed class ConditionParser
{
    private const int DepthMax = 32;
    private const int DaysMax = 36_500;

    private readonly string _text;
    private readonly IConditionVocabulary _vocabulary;
    private readonly List<ConditionFault> _faults = [];
    private int _position;
    private int _wordStart;
    private int _depth;

    private ConditionParser(string text, IConditionVocabulary vocabulary)
    {
        _text = text;
        _vocabulary = vocabulary;
    }

    /// <summary>Reads one condition.</summary>
    /// <param name="text">The notation; may span lines.</param>
    /// <param name="vocabulary">The findings and scores it may name.</param>
    /// <param name="faults">Every fault found; empty when the result can be used.</param>
    /// <returns>The condition, or null when there are faults.</returns>
    public static Condition? Parse(
        string text, IConditionVocabulary vocabulary, out IReadOnlyList<ConditionFault> faults)
    {
        var parser = new ConditionParser(text, vocabulary);
        Condition? result = null;
        try
        {
            result = parser.Expression();
            parser.SkipSpace();
            if (parser._position < text.Length)
            {
                parser.Fault($"'{parser.Rest()}' is left over after the condition.");
            }
        }
        catch (GrammarException)
        {
            // The fault that made it stop is already in the list.
        }

        faults = parser._faults;
        return parser._faults.Count == 0 ? result : null;
    }

    private Condition? Expression()
    {
        if (++_depth > DepthMax)
        {
            Stop($"Nested deeper than {DepthMax}.");
        }

        var word = Word("a finding or an operator");
        SkipSpace();
        var result = Peek() == '(' ? Operator(word) : Leaf(word);
        _depth--;
        return result;
    }

    private Condition? Operator(string word)
    {
        Need('(');
        switch (word)
        {
            case "all" or "any":
                return Many(word, 0, _wordStart);
            case "at-least":
                var at = _wordStart;
                var count = Number();
                Need(';');
                return Many(word, count, at);
            case "not" or "unless":
                var inner = Expression();
                Need(')');
                return inner is null ? null : word == "not" ? new NotCondition(inner) : new UnlessCondition(inner);
            case "within" or "known-within" or "persistent":
                return Lasting(word);
            case "worsening":
                return Worsening();
            case "score":
                return Score();
            default:
                Stop(
                    $"'{word}' is no operator: all, any, at-least, not, unless, within, known-within, persistent, "
                    + "worsening, score.");
                return null;
        }
    }

    private Condition? Many(string word, double count, int at)
    {
        var parts = new List<Condition?>();
        do
        {
            parts.Add(Expression());
        }
        while (Take(','));
        Need(')');
        if (word == "at-least" && (count < 1 || count > parts.Count || count != Math.Floor(count)))
        {
            Fault(string.Create(CultureInfo.InvariantCulture,
                $"at-least({count}; ..) has {parts.Count} parts: it must ask for 1 to {parts.Count}."), at);
        }

        if (parts.Contains(null))
        {
            return null;
        }

        var known = parts.Select(part => part!).ToArray();
        return word switch
        {
            "all" => new AllCondition(known),
            "any" => new AnyCondition(known),
            _ => new AtLeastCondition((int)count, known),
        };
    }

    private Condition? Lasting(string word)
    {
        var leaf = Leaf(Word("a finding"), numberMayStandAlone: word == "persistent");
        var days = DaysAfterComma();
        return leaf is null ? null
            : word == "persistent" ? new PersistentCondition(leaf, days)
            : new WithinCondition(leaf, days, isKnown: word == "known-within");
    }

    private WorseningCondition? Worsening()
    {
        var finding = Find(Word("a finding"));
        var at = _wordStart;
        var days = DaysAfterComma();
        if (finding is null)
        {
            return null;
        }

        if (finding.Kind != FindingKind.Number)
        {
            Fault($"worsening({finding.Id}) needs a number.", at);
            return null;
        }

        return new(finding, days);
    }

    private ScoreCondition? Score()
    {
        var id = Word("a score");
        var at = _wordStart;
        Need(')');
        var comparison = Comparator();
        var bound = Number();
        var index = _vocabulary.ScoreIndex(id);
        if (index < 0)
        {
            Fault($"Unknown score '{id}'.", at);
            return null;
        }

        return new(id, index, comparison, bound);
    }

    private Condition? Leaf(string id, bool numberMayStandAlone = false)
    {
        var at = _wordStart;
        var finding = Find(id);
        SkipSpace();
        switch (Peek())
        {
            case '=':
                _position++;
                return Option(finding, Word("an option"));
            case '<' or '>':
                var comparison = Comparator();
                return Bound(finding, comparison, Number());
            default:
                if (finding is null)
                {
                    return null;
                }

                if (finding.Kind == FindingKind.Boolean)
                {
                    return new PresentCondition(finding);
                }

                if (finding.Kind == FindingKind.Number && numberMayStandAlone)
                {
                    return new MeasuredCondition(finding);
                }

                Fault($"'{id}' is not a boolean: compare it with a value.", at);
                return null;
        }
    }

    private OptionCondition? Option(Finding? finding, string option)
    {
        if (finding is null)
        {
            return null;
        }

        var index = finding.OptionIndex(option);
        if (index < 0)
        {
            Fault(finding.Options.Count == 0
                ? $"'{finding.Id}' has no options."
                : $"'{option}' is no option of {finding.Id}: {string.Join(", ", finding.Options)}.", _wordStart);
            return null;
        }

        return new(finding, index);
    }

    private NumberCondition? Bound(Finding? finding, Comparison comparison, double bound)
    {
        if (finding is null)
        {
            return null;
        }

        if (finding.Kind != FindingKind.Number)
        {
            Fault($"'{finding.Id}' is not a number and cannot be compared.");
            return null;
        }

        if (bound < finding.Minimum || bound > finding.Maximum)
        {
            Fault(string.Create(CultureInfo.InvariantCulture,
                $"{bound} is outside the range of {finding.Id}: {finding.Minimum} to {finding.Maximum}."));
            return null;
        }

        return new(finding, comparison, bound);
    }

    private Finding? Find(string id)
    {
        var finding = _vocabulary.FindFinding(id);
        if (finding is null)
        {
            Fault($"Unknown finding '{id}'.", _wordStart);
        }

        return finding;
    }

    private int DaysAfterComma()
    {
        Need(',');
        var days = Number();
        var at = _position;
        Need('d');
        Need(')');
        if (days is < 1 or > DaysMax || days != Math.Floor(days))
        {
            Fault($"A time limit is a whole number of days, such as 14d; at most {DaysMax}.", at);
        }

        return (int)Math.Min(days, DaysMax);
    }

    private Comparison Comparator()
    {
        SkipSpace();
        var first = Peek();
        if (first is not ('<' or '>'))
        {
            Stop("Expected a comparison: >=, <=, > or <.");
        }

        _position++;
        var orEqual = Peek() == '=';
        _position += orEqual ? 1 : 0;
        return (first, orEqual) switch
        {
            ('>', true) => Comparison.AtLeast,
            ('<', true) => Comparison.AtMost,
            ('>', false) => Comparison.Above,
            _ => Comparison.Below,
        };
    }

    private double Number()
    {
        SkipSpace();
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiDigit(_text[_position]) || _text[_position] is '.' or '-'))
        {
            _position++;
        }

        if (!double.TryParse(
            _text.AsSpan(start, _position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            _position = start;
            Stop($"Expected a number before '{Rest()}'.");
        }

        return number;
    }

    private string Word(string what)
    {
        SkipSpace();
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterLower(_text[_position])
            || char.IsAsciiDigit(_text[_position]) || _text[_position] == '-'))
        {
            _position++;
        }

        if (_position == start)
        {
            Stop($"Expected {what} before '{Rest()}'.");
        }

        _wordStart = start;
        return _text[start.._position];
    }

    private void Need(char expected)
    {
        if (!Take(expected))
        {
            Stop($"Expected '{expected}' before '{Rest()}'.");
        }
    }

    private bool Take(char expected)
    {
        SkipSpace();
        if (Peek() != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private string Rest() =>
        _text.Length - _position > 20 ? string.Concat(_text.AsSpan(_position, 20), "..") : _text[_position..];

    /// <summary>
    /// Adds a fault at a position, by default where the reading is; never below the last line of text.
    /// </summary>
    private void Fault(string message, int? at = null)
    {
        var end = Math.Min(at ?? _position, _text.AsSpan().TrimEnd().Length);
        _faults.Add(new(_text.AsSpan(0, end).Count('\n'), message));
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void Stop(string message)
    {
        Fault(message);
        throw new GrammarException();
    }

    private sealed class GrammarException : Exception;
}
