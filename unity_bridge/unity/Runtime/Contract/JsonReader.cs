using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace AttentionLearning
{
    /// <summary>Reads JSON (RFC 8259); errors say what was expected, and where.</summary>
    public sealed class JsonReader
    {
        private const int Deepest = 64;
        private const string Named = "\"\\/bfnrt";
        private const string Letters = "\"\\/\b\f\n\r\t";
        private readonly string text;
        private int at;

        private JsonReader(string text)
        {
            this.text = text;
        }

        /// <summary>Read one value that fills the whole text.</summary>
        /// <exception cref="FormatException">The text is no JSON, or nested too deeply.</exception>
        public static JsonValue Read(string text)
        {
            JsonReader reader = new JsonReader(text);
            JsonValue value = reader.Value(0);
            if (reader.Next() != '\0')
            {
                throw reader.Expected("the end");
            }
            return value;
        }

        private JsonValue Value(int depth)
        {
            if (depth > Deepest)
            {
                throw Expected("at most " + Deepest + " levels");
            }
            switch (Next())
            {
                case '{':
                    return Map(depth);
                case '[':
                    return List(depth);
                case '"':
                    return Text();
                case 't':
                    return Word("true", true);
                case 'f':
                    return Word("false", false);
                case 'n':
                    return Word("null", JsonValue.Null);
                default:
                    return Number();
            }
        }

        private JsonValue Map(int depth)
        {
            JsonValue map = JsonValue.Map();
            at += 1;
            if (Next() == '}')
            {
                at += 1;
                return map;
            }
            do
            {
                Next();
                string key = Text();
                Take(':');
                map.With(key, Value(depth + 1));
            }
            while (More('}'));
            return map;
        }

        private JsonValue List(int depth)
        {
            List<JsonValue> items = new List<JsonValue>();
            at += 1;
            if (Next() == ']')
            {
                at += 1;
                return JsonValue.List(items);
            }
            do
            {
                items.Add(Value(depth + 1));
            }
            while (More(']'));
            return JsonValue.List(items);
        }

        /// <summary>Whether a comma follows; else the closing bracket must.</summary>
        private bool More(char closing)
        {
            if (Next() == ',')
            {
                at += 1;
                return true;
            }
            Take(closing);
            return false;
        }

        private string Text()
        {
            Take('"');
            StringBuilder read = new StringBuilder();
            while (at < text.Length && text[at] != '"')
            {
                if (text[at] < ' ')
                {
                    throw Expected("no control character in a text");
                }
                read.Append(text[at] == '\\' ? Escaped() : text[at]);
                at += 1;
            }
            Take('"');
            return read.ToString();
        }

        private char Escaped()
        {
            at += 1;
            char letter = at < text.Length ? text[at] : '\0';
            int named = Named.IndexOf(letter);
            if (named >= 0)
            {
                return Letters[named];
            }
            ushort code;
            if (letter == 'u' && at + 4 < text.Length && ushort.TryParse(
                text.Substring(at + 1, 4),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out code))
            {
                at += 4;
                return (char)code;
            }
            throw Expected("an escape such as \\n or \\u00e9");
        }

        private JsonValue Number()
        {
            int start = at;
            while (at < text.Length && "+-.0123456789Ee".IndexOf(text[at]) >= 0)
            {
                at += 1;
            }
            string word = text.Substring(start, at - start);
            long integer;
            double number;
            if (long.TryParse(
                word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer))
            {
                return integer;
            }
            if (double.TryParse(
                word, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                && !double.IsInfinity(number))
            {
                return number;
            }
            at = start;
            throw Expected("a value");
        }

        private JsonValue Word(string word, JsonValue value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                throw Expected("a value");
            }
            at += word.Length;
            return value;
        }

        /// <summary>The next character that is no space, not yet taken; '\0' at the end.</summary>
        private char Next()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0)
            {
                at += 1;
            }
            return at < text.Length ? text[at] : '\0';
        }

        private void Take(char expected)
        {
            if (Next() != expected)
            {
                throw Expected("" + expected);
            }
            at += 1;
        }

        private FormatException Expected(string what)
        {
            string found = at < text.Length ? "" + text[at] : "the end";
            return new FormatException(
                "JSON is " + found + " at character " + at + "; expected " + what);
        }
    }
}
