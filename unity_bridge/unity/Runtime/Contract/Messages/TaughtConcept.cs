using System;

namespace AttentionLearning
{
    /// <summary>A concept of the curriculum as the scene shows it.</summary>
    public sealed class TaughtConcept
    {
        /// <summary>Read from JSON.</summary>
        public TaughtConcept(JsonValue json)
        {
            Name = json.Text("name");
            Text = json.Text("text");
            Depth = json.Number("depth");
            Prerequisites = Array.ConvertAll(json.Longs("prerequisites"), index => checked((int)index));
            Difficulties = json.Numbers("difficulties");
        }

        /// <summary>A concept without text, prerequisites or items.</summary>
        public TaughtConcept(string name)
        {
            Name = name;
            Text = "";
            Prerequisites = new int[0];
            Difficulties = new double[0];
        }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>What a learner can do who has mastered it.</summary>
        public string Text { get; }

        /// <summary>0 for what needs nothing before it, 1 for what comes last.</summary>
        public double Depth { get; }

        /// <summary>Indices of the concepts that are needed first.</summary>
        public int[] Prerequisites { get; }

        /// <summary>Of its items, logit relative to the concept, ascending.</summary>
        public double[] Difficulties { get; }

        /// <summary>The concept as JSON.</summary>
        public JsonValue Json()
        {
            return JsonValue.Map()
                .With("name", Name)
                .With("text", Text)
                .With("depth", Depth)
                .With("prerequisites", JsonValue.List(Prerequisites, index => index))
                .With("difficulties", JsonValue.List(Difficulties, difficulty => difficulty));
        }
    }
}
