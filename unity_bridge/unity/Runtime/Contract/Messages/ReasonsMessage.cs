namespace AttentionLearning
{
    /// <summary>From Python: why the tutor acted so.</summary>
    public sealed class ReasonsMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "reasons";

        /// <summary>Read from JSON.</summary>
        public ReasonsMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Sentence = json.Text("sentence");
            Learners = json.Items("learners").ConvertAll(AttentionShare.Read).ToArray();
            Concepts = json.Items("concepts").ConvertAll(AttentionShare.Read).ToArray();
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>The reason in plain words.</summary>
        public string Sentence { get; }

        /// <summary>Whom the policy looks at, most first.</summary>
        public AttentionShare[] Learners { get; }

        /// <summary>What the policy looks at, most first.</summary>
        public AttentionShare[] Concepts { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("classroom", Classroom)
                .With("sentence", Sentence)
                .With("learners", JsonValue.List(Learners, share => share.Json()))
                .With("concepts", JsonValue.List(Concepts, share => share.Json()));
        }
    }
}
