namespace AttentionLearning
{
    /// <summary>A part of the policy's attention.</summary>
    public struct AttentionShare
    {
        /// <summary>A learner from 1, or a concept from 0.</summary>
        public int Index;

        /// <summary>In [0, 1].</summary>
        public double Share;

        /// <summary>Read from JSON.</summary>
        public static AttentionShare Read(JsonValue json)
        {
            return new AttentionShare
            {
                Index = json.Integer("index"),
                Share = json.Number("share"),
            };
        }

        /// <summary>The share as JSON.</summary>
        public JsonValue Json()
        {
            return JsonValue.Map().With("index", Index).With("share", Share);
        }
    }
}
