namespace AttentionLearning
{
    /// <summary>
    /// What some legal action holds in each branch. ML-Agents' masks know no dependence of one
    /// branch on another; the exact masks travel as observations.
    /// </summary>
    public static class BranchMasks
    {
        /// <summary>Whether a choice may be offered in a branch; true is allowed.</summary>
        /// <param name="observation">With its masks written.</param>
        /// <param name="branch">0 activity, 1 target, 2 concept, then tasks and concepts.</param>
        /// <param name="choice">Within the branch.</param>
        public static bool Allows(Observation observation, int branch, int choice)
        {
            if (branch == 0)
            {
                return observation["activity_mask"][choice] > 0f;
            }
            if (branch <= 2)
            {
                string mask = branch == 1 ? "target_mask" : "concept_mask";
                float[] activities = observation["activity_mask"];
                return AnyRow(activities, 0, activities.Length, observation[mask], choice);
            }
            int learner = (branch - 3) / 2;
            int first = learner * ClassroomLayout.Tasks;
            if ((branch - 3) % 2 == 0)
            {
                return observation["task_mask"][first + choice] > 0f;
            }
            return AnyRow(
                observation["task_mask"],
                first,
                ClassroomLayout.Tasks,
                observation["task_concept_mask"],
                choice);
        }

        /// <summary>Whether a row that is itself allowed allows the choice.</summary>
        private static bool AnyRow(float[] allowed, int first, int rows, float[] mask, int choice)
        {
            int width = mask.Length / rows;
            for (int row = 0; row < rows; row++)
            {
                if (allowed[first + row] > 0f && mask[row * width + choice] > 0f)
                {
                    return true;
                }
            }
            return false;
        }
    }
}
