using System;

namespace AttentionLearning
{
    /// <summary>What the tutor chose: its own activity, target and concept, and the plan.</summary>
    public sealed class Decision
    {
        private readonly int[] choices;

        /// <summary>Read the 3 + 2 S discrete branches of an action.</summary>
        /// <param name="branches">Activity, target, concept, then every learner's task and its
        /// concept.</param>
        /// <exception cref="ArgumentException">The number of branches fits no class.</exception>
        public Decision(int[] branches)
        {
            if (branches.Length < 5 || branches.Length % 2 == 0)
            {
                throw new ArgumentException(
                    "an action has " + branches.Length + " branches; expected 3 + 2 S");
            }
            choices = (int[])branches.Clone();
        }

        /// <summary>The tutor's own activity.</summary>
        public Activity Activity
        {
            get { return (Activity)choices[0]; }
        }

        /// <summary>0 for the class or nobody in particular, else learner + 1.</summary>
        public int Target
        {
            get { return choices[1]; }
        }

        /// <summary>Concept of the activity; 0 where it has none.</summary>
        public int Concept
        {
            get { return choices[2]; }
        }

        /// <summary>Learners in the class.</summary>
        public int Learners
        {
            get { return (choices.Length - 3) / 2; }
        }

        /// <summary>What the plan sets a learner to do.</summary>
        public Task TaskOf(int learner)
        {
            return (Task)choices[3 + 2 * learner];
        }

        /// <summary>Concept of a learner's task.</summary>
        public int ConceptOf(int learner)
        {
            return choices[4 + 2 * learner];
        }

        /// <summary>The choice in one branch.</summary>
        public int this[int branch]
        {
            get { return choices[branch]; }
        }

        /// <summary>Sizes of the branches for a class of this size.</summary>
        public static int[] Branches(int learners, int concepts)
        {
            int[] sizes = new int[3 + 2 * learners];
            sizes[0] = ClassroomLayout.Activities;
            sizes[1] = learners + 1;
            sizes[2] = concepts;
            for (int i = 0; i < learners; i++)
            {
                sizes[3 + 2 * i] = ClassroomLayout.Tasks;
                sizes[4 + 2 * i] = concepts;
            }
            return sizes;
        }
    }
}
