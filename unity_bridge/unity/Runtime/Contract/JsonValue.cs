using System;
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>
    /// A JSON value: null, bool, number, text, list or map (in order of writing). Unity's
    /// JsonUtility runs inside the engine only, reads no maps, and cannot tell a missing field from
    /// zero; no other library can be assumed in a project.
    /// </summary>
    public sealed class JsonValue
    {
        private readonly object content;

        private JsonValue(object content)
        {
            this.content = content;
        }

        /// <summary>The value null.</summary>
        public static readonly JsonValue Null = new JsonValue(null);

        /// <summary>A truth value.</summary>
        public static implicit operator JsonValue(bool value)
        {
            return new JsonValue(value);
        }

        /// <summary>A number without a fraction.</summary>
        public static implicit operator JsonValue(long value)
        {
            return new JsonValue(value);
        }

        /// <summary>A number with a fraction.</summary>
        public static implicit operator JsonValue(double value)
        {
            return new JsonValue(value);
        }

        /// <summary>A text; null becomes JSON's null.</summary>
        public static implicit operator JsonValue(string value)
        {
            return value == null ? Null : new JsonValue(value);
        }

        /// <summary>An empty map, to be filled with <see cref="With"/>.</summary>
        public static JsonValue Map()
        {
            return new JsonValue(new List<KeyValuePair<string, JsonValue>>());
        }

        /// <summary>A list.</summary>
        public static JsonValue List(IEnumerable<JsonValue> items)
        {
            return new JsonValue(new List<JsonValue>(items));
        }

        /// <summary>A list of what each item becomes.</summary>
        public static JsonValue List<T>(IEnumerable<T> items, Func<T, JsonValue> write)
        {
            List<JsonValue> written = new List<JsonValue>();
            foreach (T item in items)
            {
                written.Add(write(item));
            }
            return new JsonValue(written);
        }

        /// <summary>Append an entry to a map, in place.</summary>
        /// <returns>This map.</returns>
        public JsonValue With(string key, JsonValue value)
        {
            Entries().Add(new KeyValuePair<string, JsonValue>(key, value));
            return this;
        }

        /// <summary>What is held: null, bool, long, double, string, or the two kinds of lists.</summary>
        internal object Content
        {
            get { return content; }
        }

        /// <summary>Entry of a map; null where there is none.</summary>
        public JsonValue Find(string key)
        {
            foreach (KeyValuePair<string, JsonValue> entry in Entries())
            {
                if (entry.Key == key)
                {
                    return entry.Value;
                }
            }
            return null;
        }

        /// <summary>Entries of a map, in order.</summary>
        /// <exception cref="FormatException">It is no map.</exception>
        public List<KeyValuePair<string, JsonValue>> Entries()
        {
            List<KeyValuePair<string, JsonValue>> entries =
                content as List<KeyValuePair<string, JsonValue>>;
            if (entries == null)
            {
                throw new FormatException(
                    "value is " + JsonWriter.Write(this) + "; expected an object");
            }
            return entries;
        }

        /// <summary>A text in a map.</summary>
        /// <exception cref="FormatException">It is missing, or no text.</exception>
        public string Text(string key)
        {
            return Entry<string>(key, "a text");
        }

        /// <summary>A truth value in a map.</summary>
        /// <exception cref="FormatException">It is missing, or none.</exception>
        public bool Truth(string key)
        {
            return Entry<bool>(key, "true or false");
        }

        /// <summary>A number in a map, with a fraction or without.</summary>
        /// <exception cref="FormatException">It is missing, or none.</exception>
        public double Number(string key)
        {
            JsonValue found = Find(key);
            return found != null && found.content is long
                ? (long)found.content
                : Entry<double>(key, "a number");
        }

        /// <summary>A number without a fraction in a map.</summary>
        /// <exception cref="FormatException">It is missing, none, or beyond 32 bits.</exception>
        public int Integer(string key)
        {
            long value = Entry<long>(key, "an integer");
            if (value < int.MinValue || value > int.MaxValue)
            {
                throw new FormatException("field " + key + " is " + value + "; expected 32 bits");
            }
            return (int)value;
        }

        /// <summary>The items of a list in a map.</summary>
        /// <exception cref="FormatException">It is missing, or no list.</exception>
        public List<JsonValue> Items(string key)
        {
            return Entry<List<JsonValue>>(key, "a list");
        }

        /// <summary>A list of numbers in a map.</summary>
        /// <exception cref="FormatException">It is missing, or something in it is none.</exception>
        public double[] Numbers(string key)
        {
            List<JsonValue> items = Items(key);
            double[] numbers = new double[items.Count];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = Map().With(key, items[i]).Number(key);
            }
            return numbers;
        }

        /// <summary>A list of numbers without a fraction, of up to 64 bits, in a map.</summary>
        /// <exception cref="FormatException">It is missing, or something in it is none.</exception>
        public long[] Longs(string key)
        {
            return Items(key).ConvertAll(item => Map().With(key, item).Entry<long>(
                key, "an integer")).ToArray();
        }

        /// <summary>A list of texts in a map.</summary>
        /// <exception cref="FormatException">It is missing, or something in it is none.</exception>
        public string[] Texts(string key)
        {
            List<JsonValue> items = Items(key);
            string[] texts = new string[items.Count];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = Map().With(key, items[i]).Text(key);
            }
            return texts;
        }

        private T Entry<T>(string key, string expected)
        {
            JsonValue found = Find(key);
            if (found == null)
            {
                throw new FormatException("field " + key + " is missing");
            }
            if (found.content is T)
            {
                return (T)found.content;
            }
            throw new FormatException(
                "field " + key + " is " + JsonWriter.Write(found) + "; expected " + expected);
        }
    }
}
