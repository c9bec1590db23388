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
            Answer = new AnswerEvent
            {
                Learner = json.Integer("learner") - 1,
                Concept = json.Integer("concept"),
                Item = json.Integer("item"),
                Correct = json.Truth("correct"),
                Quiz = json.Truth("quiz"),
                Seconds = json.Number("seconds"),
                Hints = json.Integer("hints"),
                Time = json.Number("time"),
            };
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
            json.With("classroom", Classroom)
                .With("learner", Answer.Learner + 1)
                .With("concept", Answer.Concept)
                .With("item", Answer.Item)
                .With("correct", Answer.Correct)
                .With("quiz", Answer.Quiz)
                .With("seconds", Answer.Seconds)
                .With("hints", Answer.Hints)
                .With("time", Answer.Time);
        }
    }
}
