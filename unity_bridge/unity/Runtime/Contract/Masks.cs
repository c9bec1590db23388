namespace AttentionLearning
{
    /// <summary>
    /// Writes what the rules allow into an observation (1 = allowed), as envs/legality.py does.
    /// </summary>
    public static class Masks
    {
        /// <summary>Write all masks and who is present.</summary>
        /// <param name="observation">Written in place.</param>
        /// <param name="present">Whether each learner is there.</param>
        /// <param name="columns">Seats in a row; peers are neighbours of one row.</param>
        public static void Write(Observation observation, bool[] present, int columns)
        {
            Fill(observation["concept_present"], 1f);
            for (int i = 0; i < present.Length; i++)
            {
                observation["learner_present"][i] = present[i] ? 1f : 0f;
            }
            WriteActivities(observation, present, columns);
            WriteConcepts(observation);
            WriteTasks(observation, present);
        }

        private static void WriteActivities(Observation observation, bool[] present, int columns)
        {
            bool somebody = System.Array.IndexOf(present, true) >= 0;
            bool pair = HasPair(present, columns);
            float[] activities = observation["activity_mask"];
            float[] targets = observation["target_mask"];
            int width = present.Length + 1;
            for (int a = 0; a < activities.Length; a++)
            {
                bool allowed = somebody || a == (int)Activity.Circulate || a == (int)Activity.Rest;
                allowed = a == (int)Activity.Peer ? pair : allowed;
                activities[a] = allowed ? 1f : 0f;
                bool toClass = ClassroomLayout.AddressesClass[a] || !allowed;
                targets[a * width] = toClass ? 1f : 0f;
                for (int i = 0; i < present.Length; i++)
                {
                    bool reachable = ClassroomLayout.AddressesLearner[a] && present[i];
                    targets[a * width + i + 1] = reachable ? 1f : 0f;
                }
            }
        }

        /// <summary>What has no concept allows concept 0 only, so that it is written one way.</summary>
        private static void WriteConcepts(Observation observation)
        {
            int concepts = observation.Concepts;
            float[] mask = observation["concept_mask"];
            float[] tasks = observation["task_concept_mask"];
            Fill(mask, 1f);
            Fill(tasks, 1f);
            for (int c = 1; c < concepts; c++)
            {
                tasks[(int)Task.Keep * concepts + c] = 0f;
                for (int a = 0; a < ClassroomLayout.Activities; a++)
                {
                    mask[a * concepts + c] = ClassroomLayout.UsesConcept[a] ? 1f : 0f;
                }
            }
        }

        private static void WriteTasks(Observation observation, bool[] present)
        {
            float[] mask = observation["task_mask"];
            for (int i = 0; i < present.Length; i++)
            {
                for (int task = 0; task < ClassroomLayout.Tasks; task++)
                {
                    bool allowed = present[i] || task == (int)Task.Keep;
                    mask[i * ClassroomLayout.Tasks + task] = allowed ? 1f : 0f;
                }
            }
        }

        private static bool HasPair(bool[] present, int columns)
        {
            for (int i = 0; i + 1 < present.Length; i++)
            {
                bool beside = i % columns % 2 == 0 && i % columns + 1 < columns;
                if (beside && present[i] && present[i + 1])
                {
                    return true;
                }
            }
            return false;
        }

        private static void Fill(float[] vector, float value)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = value;
            }
        }
    }
}
