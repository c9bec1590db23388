namespace AttentionLearning
{
    /// <summary>From Python: all simulated learners of a classroom (the digital twin).</summary>
    public sealed class PuppetsMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "puppets";

        /// <summary>Read from JSON.</summary>
        public PuppetsMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Puppets = json.Items("puppets").ConvertAll(puppet => new Puppet(puppet)).ToArray();
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>The learners as they are now.</summary>
        public Puppet[] Puppets { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("classroom", Classroom)
                .With("puppets", JsonValue.List(Puppets, puppet => puppet.Json()));
        }
    }
}
