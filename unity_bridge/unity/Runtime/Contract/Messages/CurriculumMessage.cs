namespace AttentionLearning
{
    /// <summary>From Python, before the course: what is taught.</summary>
    public sealed class CurriculumMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "curriculum";

        private readonly string name;

        /// <summary>Read from JSON.</summary>
        public CurriculumMessage(JsonValue json)
        {
            name = json.Text("name");
            Concepts = json.Items("concepts").ConvertAll(concept => new TaughtConcept(concept))
                .ToArray();
        }

        /// <summary>What is taught, in the order of the wire.</summary>
        public TaughtConcept[] Concepts { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("name", name)
                .With("concepts", JsonValue.List(Concepts, concept => concept.Json()));
        }
    }
}
