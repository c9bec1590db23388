using System;

namespace AttentionLearning
{
    /// <summary>
    /// A tutor for scenes without Python: it presents concept after concept and lets the class
    /// practise each before the next.
    /// </summary>
    public static class StandInTutor
    {
        /// <summary>Write a legal decision into the branches.</summary>
        /// <param name="branches">3 + 2 S choices, overwritten.</param>
        /// <param name="observation">What the tutor sees.</param>
        /// <param name="decision">Number of decisions before.</param>
        public static void Choose(int[] branches, Observation observation, int decision)
        {
            int concept = decision / 2 % observation.Concepts;
            bool practise = decision % 2 == 1;
            Activity activity = practise ? Activity.Circulate : Activity.Present;
            Array.Clear(branches, 0, branches.Length);
            if (observation["activity_mask"][(int)activity] > 0f)
            {
                branches[0] = (int)activity;
                branches[2] = practise ? 0 : concept;
            }
            for (int i = 0; practise && i < observation.Learners; i++)
            {
                if (observation["learner_present"][i] > 0f)
                {
                    branches[3 + 2 * i] = (int)Task.PractiseMatched;
                    branches[4 + 2 * i] = concept;
                }
            }
        }
    }
}
