namespace AttentionLearning
{
    /// <summary>
    /// From Python, with a reset: which classes to draw. A scene that simulates its learners in C#
    /// follows it; one with people or puppets need not.
    /// </summary>
    public sealed class ClassesMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "classes";

        /// <summary>Read from JSON.</summary>
        public ClassesMessage(JsonValue json)
        {
            Seeds = json.Longs("seeds");
            Episode = json.Integer("episode");
            Spread = json.Truth("spread");
        }

        /// <summary>One for each classroom; none: as before.</summary>
        public long[] Seeds { get; }

        /// <summary>Courses of these seeds to pass over.</summary>
        public int Episode { get; }

        /// <summary>Whether the classrooms start at different times of their courses.</summary>
        public bool Spread { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("seeds", JsonValue.List(Seeds, seed => seed))
                .With("episode", Episode)
                .With("spread", Spread);
        }
    }
}
