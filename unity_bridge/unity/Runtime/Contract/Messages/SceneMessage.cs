namespace AttentionLearning
{
    /// <summary>From Python, before the course: how the scene is set.</summary>
    public sealed class SceneMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "scene";

        /// <summary>Read from JSON.</summary>
        public SceneMessage(JsonValue json)
        {
            Scene = json.Text("scene");
            Classrooms = json.Integer("classrooms");
            Learners = json.Integer("learners");
            SeatsInRow = json.Integer("seats_in_row");
            Lessons = json.Integer("lessons");
            Minutes = json.Integer("minutes");
            GapDays = json.Number("gap_days");
            RetentionDays = json.Number("retention_days");
            Seed = json.Integer("seed");
        }

        /// <summary>Kind of lesson.</summary>
        public string Scene { get; }

        /// <summary>Areas of the scene.</summary>
        public int Classrooms { get; }

        /// <summary>Learners in each classroom.</summary>
        public int Learners { get; }

        /// <summary>Seats in a row.</summary>
        public int SeatsInRow { get; }

        /// <summary>Lessons of the course.</summary>
        public int Lessons { get; }

        /// <summary>Minutes of one lesson.</summary>
        public int Minutes { get; }

        /// <summary>Days between one lesson and the next.</summary>
        public double GapDays { get; }

        /// <summary>Days from the last lesson to the delayed test.</summary>
        public double RetentionDays { get; }

        /// <summary>Seed of what the scene draws by chance.</summary>
        public int Seed { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            json.With("scene", Scene)
                .With("classrooms", Classrooms)
                .With("learners", Learners)
                .With("seats_in_row", SeatsInRow)
                .With("lessons", Lessons)
                .With("minutes", Minutes)
                .With("gap_days", GapDays)
                .With("retention_days", RetentionDays)
                .With("seed", Seed);
        }
    }
}
