namespace AttentionLearning
{
    /// <summary>To Python, at the start and after each reset: who is there.</summary>
    public sealed class HelloMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "hello";

        /// <summary>Introduce this side.</summary>
        /// <param name="package">Version of this package.</param>
        /// <param name="unity">Version of the engine.</param>
        /// <param name="layout">Fingerprint of the observation layout.</param>
        public HelloMessage(string package, string unity, string layout)
        {
            Package = package;
            Unity = unity;
            Layout = layout;
        }

        /// <summary>Read from JSON.</summary>
        public HelloMessage(JsonValue json)
            : this(json.Text("package"), json.Text("unity"), json.Text("layout"))
        {
        }

        /// <summary>Version of this package.</summary>
        public string Package { get; }

        /// <summary>Version of the engine.</summary>
        public string Unity { get; }

        /// <summary>Fingerprint of the observation layout.</summary>
        public string Layout { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("package", Package).With("unity", Unity).With("layout", Layout);
        }
    }
}
