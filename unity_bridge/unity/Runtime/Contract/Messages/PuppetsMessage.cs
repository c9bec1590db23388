namespace AttentionLearning
{
    /// <summary>
    /// From Python, with a decision: the simulated learners of a classroom (the digital twin).
    /// Figures of learners who are not named have left.
    /// </summary>
    public sealed class PuppetsMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "puppets";

        /// <summary>Read from JSON.</summary>
        public PuppetsMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Puppets = json.Items("puppets").ConvertAll(puppet => new Puppet(puppet)).ToArray();
            Answers = json.Items("answers").ConvertAll(AnswerMessage.Read).ToArray();
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>The learners as they are while the decision is played.</summary>
        public Puppet[] Puppets { get; }

        /// <summary>What they answer meanwhile, in the order of time.</summary>
        public AnswerEvent[] Answers { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("classroom", Classroom)
                .With("puppets", JsonValue.List(Puppets, puppet => puppet.Json()))
                .With("answers", JsonValue.List(Answers, answer => AnswerMessage.Write(
                    JsonValue.Map(), Classroom, answer)));
        }
    }
}
