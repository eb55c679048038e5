using System.Globalization;
using System.Text;

namespace LegPain.Knowledge.Text;

/// <summary>Cuts a text into tokens. Never fails: what is neither letter, digit nor sign separates.</summary>
internal static class Tokenizer
{
    private const int StemLeast = 3;

    /// <summary>Cuts a text into tokens.</summary>
    /// <param name="text">Any text, lone surrogates included.</param>
    /// <param name="joinApostrophes">
    /// True where an apostrophe is left out inside a word (<c>can't</c> is <c>cant</c>), false where it separates
    /// (<c>d'eau</c> is two words).
    /// </param>
    public static List<Token> Read(string text, bool joinApostrophes)
    {
        var tokens = new List<Token>();
        var word = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsAsciiDigit(text[at]))
            {
                at = ReadNumber(text, at, tokens);
            }
            else if (char.IsLetter(text[at]))
            {
                at = ReadWord(text, at, joinApostrophes, word, tokens);
            }
            else
            {
                if (KindOf(text, at) is { } kind)
                {
                    var sign = text[at].ToString();
                    tokens.Add(new(kind, sign, sign, 0, at, at + 1));
                }

                at++;
            }
        }

        return tokens;
    }

    /// <summary>Returns a word without the ending of a plural; short words and those in -ss stay.</summary>
    public static string Stem(string word) =>
        word.Length > StemLeast && ((word[^1] == 's' && word[^2] != 's') || word[^1] == 'x') ? word[..^1] : word;

    private static int ReadNumber(string text, int start, List<Token> tokens)
    {
        var end = SkipDigits(text, start);
        if (end + 1 < text.Length && text[end] is '.' or ',' && char.IsAsciiDigit(text[end + 1]))
        {
            end = SkipDigits(text, end + 1);
        }

        var digits = text[start..end].Replace(',', '.');
        var value = double.Parse(digits, CultureInfo.InvariantCulture);
        tokens.Add(new(TokenKind.Number, digits, digits, value, start, end));
        return end;
    }

    private static int SkipDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int ReadWord(string text, int start, bool joinApostrophes, StringBuilder word, List<Token> tokens)
    {
        word.Clear();
        var at = start;
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsLetterOrDigit(c))
            {
                Fold(c, word);
            }
            else if (!(joinApostrophes && c is '\'' or '’' && at + 1 < text.Length && char.IsLetter(text[at + 1]))
                && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                break;
            }

            at++;
        }

        var folded = word.ToString();
        tokens.Add(new(TokenKind.Word, folded, Stem(folded), 0, start, at));
        return at;
    }

    /// <summary>Writes a letter in lower case and without its accent.</summary>
    /// <remarks>By hand: without culture data, string.Normalize leaves all but ASCII as it is.</remarks>
    private static void Fold(char c, StringBuilder word)
    {
        var lower = char.ToLowerInvariant(c);
        var plain = lower <= '\x7f' ? lower : lower switch
        {
            'à' or 'á' or 'â' or 'ã' or 'ä' or 'å' or 'ā' => 'a',
            'ç' or 'ć' or 'č' => 'c',
            'è' or 'é' or 'ê' or 'ë' or 'ē' => 'e',
            'ì' or 'í' or 'î' or 'ï' or 'ī' => 'i',
            'ñ' or 'ń' => 'n',
            'ò' or 'ó' or 'ô' or 'õ' or 'ö' or 'ø' or 'œ' => 'o',
            'ù' or 'ú' or 'û' or 'ü' or 'ū' => 'u',
            'ý' or 'ÿ' => 'y',
            'æ' => 'a',
            _ => lower,
        };
        word.Append(plain);
        if (lower is 'œ' or 'æ')
        {
            word.Append('e');
        }
    }

    private static TokenKind? KindOf(string text, int at) => text[at] switch
    {
        '?' => TokenKind.Question,
        '.' or '!' or ';' or '…' => TokenKind.Stop,
        ',' or '\n' or '(' or ')' => TokenKind.Comma,
        '/' or ':' => TokenKind.Sign,
        '-' or '–' when at > 0 && at + 1 < text.Length
            && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]) => TokenKind.Sign,
        _ => null,
    };
}
