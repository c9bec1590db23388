using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace AttentionLearning
{
    /// <summary>
    /// Writes JSON without spaces, exactly as Python's json.dumps(value, ensure_ascii=False,
    /// separators=(",", ":")) does.
    /// </summary>
    public static class JsonWriter
    {
        private const string Named = "\"\\\b\f\n\r\t";
        private const string Letters = "\"\\bfnrt";

        /// <summary>The text of a value.</summary>
        public static string Write(JsonValue value)
        {
            StringBuilder text = new StringBuilder();
            Write(value, text);
            return text.ToString();
        }

        private static void Write(JsonValue value, StringBuilder text)
        {
            object content = value.Content;
            if (content == null)
            {
                text.Append("null");
            }
            else if (content is bool)
            {
                text.Append((bool)content ? "true" : "false");
            }
            else if (content is long)
            {
                text.Append(((long)content).ToString(CultureInfo.InvariantCulture));
            }
            else if (content is double)
            {
                text.Append(JsonNumber.Write((double)content));
            }
            else if (content is string)
            {
                Write((string)content, text);
            }
            else if (content is List<JsonValue>)
            {
                WriteList((List<JsonValue>)content, text);
            }
            else
            {
                WriteMap(value.Entries(), text);
            }
        }

        private static void WriteList(List<JsonValue> items, StringBuilder text)
        {
            text.Append('[');
            for (int i = 0; i < items.Count; i++)
            {
                text.Append(i > 0 ? "," : "");
                Write(items[i], text);
            }
            text.Append(']');
        }

        private static void WriteMap(
            List<KeyValuePair<string, JsonValue>> entries, StringBuilder text)
        {
            text.Append('{');
            for (int i = 0; i < entries.Count; i++)
            {
                text.Append(i > 0 ? "," : "");
                Write(entries[i].Key, text);
                text.Append(':');
                Write(entries[i].Value, text);
            }
            text.Append('}');
        }

        private static void Write(string value, StringBuilder text)
        {
            text.Append('"');
            foreach (char letter in value)
            {
                int named = Named.IndexOf(letter);
                if (named >= 0)
                {
                    text.Append('\\').Append(Letters[named]);
                }
                else if (letter < ' ')
                {
                    text.Append("\\u").Append(((int)letter).ToString("x4"));
                }
                else
                {
                    text.Append(letter);
                }
            }
            text.Append('"');
        }
    }
}
