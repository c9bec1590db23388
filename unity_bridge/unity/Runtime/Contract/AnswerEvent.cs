namespace AttentionLearning
{
    /// <summary>One answer of one learner to one item: what knowledge tracing is made of.</summary>
    public sealed class AnswerEvent
    {
        /// <summary>Who answered, from 0.</summary>
        public int Learner;

        /// <summary>What the item is about.</summary>
        public int Concept;

        /// <summary>Item within the concept.</summary>
        public int Item;

        /// <summary>Whether the first attempt was right.</summary>
        public bool Correct;

        /// <summary>Whether it was answered in a quiz, without feedback.</summary>
        public bool Quiz;

        /// <summary>Hints asked for before the answer.</summary>
        public int Hints;

        /// <summary>Time on the item.</summary>
        public double Seconds;

        /// <summary>Seconds since the course began when answered, nights and gaps included.</summary>
        public double Time;

        /// <summary>Whether a figure answered whom Python simulates, not a person.</summary>
        public bool Simulated;
    }
}
