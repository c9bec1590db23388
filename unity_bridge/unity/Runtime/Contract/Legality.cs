using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>The check of a decision against an observation's exact masks.</summary>
    public static class Legality
    {
        /// <summary>
        /// Say which rule a decision breaks, with the value and what was expected; null where it
        /// is legal.
        /// </summary>
        public static string Explain(Observation observation, Decision decision)
        {
            int activity = decision[0];
            string fault = Fault(observation, "activity_mask", 0, activity, "activity");
            if (fault != null)
            {
                return fault;
            }
            string of = " of " + ((Activity)activity).ToString().ToLowerInvariant();
            fault = Fault(observation, "target_mask", activity, decision.Target, "target" + of)
                ?? Fault(observation, "concept_mask", activity, decision.Concept, "concept" + of);
            for (int i = 0; i < decision.Learners && fault == null; i++)
            {
                string whose = "learner " + i + "'s ";
                int task = (int)decision.TaskOf(i);
                fault = Fault(observation, "task_mask", i, task, whose + "task")
                    ?? Fault(
                        observation, "task_concept_mask", task, decision.ConceptOf(i),
                        whose + "concept");
            }
            return fault;
        }

        private static string Fault(
            Observation observation, string field, int row, int choice, string part)
        {
            float[] mask = observation[field];
            int width = Width(observation, field);
            if (choice >= 0 && choice < width && mask[row * width + choice] > 0f)
            {
                return null;
            }
            List<string> allowed = new List<string>();
            for (int i = 0; i < width; i++)
            {
                if (mask[row * width + i] > 0f)
                {
                    allowed.Add(i.ToString());
                }
            }
            return part + " is " + choice + ", which the masks forbid; expected one of "
                + string.Join(", ", allowed.ToArray());
        }

        private static int Width(Observation observation, string field)
        {
            switch (field)
            {
                case "activity_mask":
                    return ClassroomLayout.Activities;
                case "target_mask":
                    return observation.Learners + 1;
                case "task_mask":
                    return ClassroomLayout.Tasks;
                default:
                    return observation.Concepts;
            }
        }
    }
}
