using System;

namespace AttentionLearning
{
    /// <summary>A question with options, one of them right.</summary>
    public sealed class Item
    {
        /// <summary>Read from JSON.</summary>
        /// <exception cref="FormatException">A field is missing, or no option is right.</exception>
        public Item(JsonValue json)
        {
            Question = json.Text("question");
            Options = json.Texts("options");
            Right = json.Integer("right");
            if (Right < 0 || Right >= Options.Length)
            {
                throw new FormatException(
                    "right is " + Right + "; expected 0 to " + (Options.Length - 1)
                    + " in the item " + Question);
            }
        }

        /// <summary>What is asked.</summary>
        public string Question { get; }

        /// <summary>What can be answered.</summary>
        public string[] Options { get; }

        /// <summary>Which option is right.</summary>
        public int Right { get; }
    }
}
