using System;
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>
    /// The items of each concept, from the easiest to the hardest. A file holds an object with a
    /// list of items for each concept's name.
    /// </summary>
    public sealed class ItemBank
    {
        private const int Levels = 3;
        private readonly Dictionary<string, Item[]> items = new Dictionary<string, Item[]>();

        /// <summary>Read a file's text.</summary>
        /// <exception cref="FormatException">It is no such file.</exception>
        public ItemBank(string json)
        {
            foreach (KeyValuePair<string, JsonValue> concept in JsonReader.Read(json).Entries())
            {
                JsonValue wrapped = JsonValue.Map().With(concept.Key, concept.Value);
                items[concept.Key] =
                    wrapped.Items(concept.Key).ConvertAll(item => new Item(item)).ToArray();
            }
        }

        /// <summary>Names of the concepts that have items.</summary>
        public IEnumerable<string> Concepts
        {
            get { return items.Keys; }
        }

        /// <summary>
        /// Choose an item's number: practice draws from the easiest, middle or hardest third, a
        /// quiz from all; -1 where the concept has none.
        /// </summary>
        /// <param name="concept">Its name.</param>
        /// <param name="occupation">Practice at a level, or a quiz.</param>
        /// <param name="draw">By chance, in [0, 1).</param>
        public int Choose(string concept, Occupation occupation, double draw)
        {
            Item[] own;
            if (!items.TryGetValue(concept, out own) || own.Length == 0)
            {
                return -1;
            }
            int level = occupation - Occupation.PractiseEasier;
            if (level < 0 || level >= Levels || own.Length < Levels)
            {
                return (int)(draw * own.Length);
            }
            int first = level * own.Length / Levels;
            int next = (level + 1) * own.Length / Levels;
            return first + (int)(draw * (next - first));
        }

        /// <summary>
        /// The number that an item has among the curriculum's items of its concept, which may be
        /// more: the one at the same share of the way from the easiest to the hardest.
        /// </summary>
        public int NumberInCurriculum(TaughtConcept concept, int number)
        {
            int ours = items[concept.Name].Length;
            int theirs = concept.Difficulties.Length;
            return theirs == 0 ? number : (2 * number + 1) * theirs / (2 * ours);
        }

        /// <summary>An item by its number within the concept.</summary>
        public Item Find(string concept, int number)
        {
            return items[concept][number];
        }
    }
}
