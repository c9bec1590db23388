using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>
    /// To Python, when a decision ends: in how many windows of 30 s each sensor of each learner was
    /// read, which says how much the readings are worth.
    /// </summary>
    public sealed class WindowsMessage : ClassroomMessage
    {
        /// <summary>The message's name on the wire.</summary>
        public const string Name = "windows";

        /// <summary>Report the windows of a decision.</summary>
        /// <param name="classroom">Area of the scene, from 0.</param>
        /// <param name="counts">For each learner, one number for each modality in the order of
        /// <see cref="ClassroomLayout.Channels"/>.</param>
        public WindowsMessage(int classroom, int[][] counts)
        {
            Classroom = classroom;
            Counts = counts;
        }

        /// <summary>Read from JSON; there learners count from 1.</summary>
        public WindowsMessage(JsonValue json)
        {
            Classroom = json.Integer("classroom");
            Counts = json.Items("learners").ConvertAll(ReadCounts).ToArray();
        }

        /// <summary>Area of the scene, from 0.</summary>
        public int Classroom { get; }

        /// <summary>For each learner, one number for each modality.</summary>
        public int[][] Counts { get; }

        /// <inheritdoc/>
        public override string Type
        {
            get { return Name; }
        }

        /// <inheritdoc/>
        protected override void Write(JsonValue json)
        {
            int learner = 0;
            json.With("classroom", Classroom)
                .With("learners", JsonValue.List(Counts, counts => WriteCounts(++learner, counts)));
        }

        private static JsonValue WriteCounts(int learner, int[] counts)
        {
            JsonValue json = JsonValue.Map().With("learner", learner);
            int place = 0;
            foreach (KeyValuePair<string, string[]> modality in ClassroomLayout.Channels)
            {
                json.With(modality.Key, counts[place++]);
            }
            return json;
        }

        private static int[] ReadCounts(JsonValue json)
        {
            List<int> counts = new List<int>();
            foreach (KeyValuePair<string, string[]> modality in ClassroomLayout.Channels)
            {
                counts.Add(json.Integer(modality.Key));
            }
            return counts.ToArray();
        }
    }
}
