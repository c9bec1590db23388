namespace AttentionLearning
{
    /// <summary>To Python: a learner answered an item.</summary>
    public sealed class AnswerMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "answer";

        /// <summary>Report an answer.</summary>
        /// <param name="classroom">Area of the scene, from 0.</param>
        /// <param name="answer">What happened.</param>
        public AnswerMessage(int classroom, AnswerEvent answer)
        {
            Classroom = classroom;
            Answer = answer;
        }

        /// <summary>Read from JSON; there learners count from 1.</summary>
        public AnswerMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Answer = Read(json);
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>What happened.</summary>
        public AnswerEvent Answer { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            Write(json, Classroom, Answer);
        }

        /// <summary>Read an answer from JSON; there learners count from 1.</summary>
        internal static AnswerEvent Read(JsonValue json)
        {
            return new AnswerEvent
            {
                Learner = json.Integer("learner") - 1,
                Concept = json.Integer("concept"),
                Item = json.Integer("item"),
                Correct = json.Truth("correct"),
                Quiz = json.Truth("quiz"),
                Seconds = json.Number("seconds"),
                Hints = json.Integer("hints"),
                Time = json.Number("time"),
                Simulated = json.Truth("simulated"),
            };
        }

        /// <summary>Write an answer into a JSON object.</summary>
        internal static JsonValue Write(JsonValue json, int classroom, AnswerEvent answer)
        {
            return json.With("classroom", classroom)
                .With("learner", answer.Learner + 1)
                .With("concept", answer.Concept)
                .With("item", answer.Item)
                .With("correct", answer.Correct)
                .With("quiz", answer.Quiz)
                .With("seconds", answer.Seconds)
                .With("hints", answer.Hints)
                .With("time", answer.Time)
                .With("simulated", answer.Simulated);
        }
    }
}
