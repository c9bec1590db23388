namespace AttentionLearning
{
    /// <summary>From Python: words that the tutor says, to a learner or the class.</summary>
    public sealed class CaptionMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "caption";

        /// <summary>Read from JSON.</summary>
        public CaptionMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Target = json.Integer("learner");
            Text = json.Text("text");
            Seconds = json.Number("seconds");
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>0 for the class, else learner + 1.</summary>
        public int Target { get; }

        /// <summary>The words.</summary>
        public string Text { get; }

        /// <summary>How long they stay.</summary>
        public double Seconds { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("classroom", Classroom)
                .With("learner", Target)
                .With("text", Text)
                .With("seconds", Seconds);
        }
    }
}
