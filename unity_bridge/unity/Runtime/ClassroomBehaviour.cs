using Unity.MLAgents.Actuators;
using Unity.MLAgents.Policies;

namespace AttentionLearning
{
    /// <summary>What ML-Agents must know of the contract: name, branches, masks.</summary>
    public static class ClassroomBehaviour
    {
        /// <summary>Name, branches and sensors; all observations come from our own sensors.</summary>
        public static void Configure(BehaviorParameters behaviour, Course course)
        {
            behaviour.BehaviorName = ClassroomLayout.Behaviour;
            behaviour.UseChildSensors = false;
            behaviour.BrainParameters.VectorObservationSize = 0;
            behaviour.BrainParameters.NumStackedVectorObservations = 1;
            behaviour.BrainParameters.ActionSpec = ActionSpec.MakeDiscrete(
                Decision.Branches(course.Learners, course.Concepts));
        }

        /// <summary>Forbid in each branch what no legal decision holds.</summary>
        public static void WriteMask(IDiscreteActionMask mask, Observation observation)
        {
            int[] sizes = Decision.Branches(observation.Learners, observation.Concepts);
            for (int branch = 0; branch < sizes.Length; branch++)
            {
                for (int choice = 0; choice < sizes[branch]; choice++)
                {
                    bool allowed = BranchMasks.Allows(observation, branch, choice);
                    mask.SetActionEnabled(branch, choice, allowed);
                }
            }
        }

        /// <summary>What was chosen in each branch.</summary>
        public static int[] Choices(ActionBuffers actions)
        {
            int[] choices = new int[actions.DiscreteActions.Length];
            for (int branch = 0; branch < choices.Length; branch++)
            {
                choices[branch] = actions.DiscreteActions[branch];
            }
            return choices;
        }

        /// <summary>Choose in each branch, in ML-Agents' own place for it.</summary>
        public static void Write(int[] choices, ActionBuffers actions)
        {
            ActionSegment<int> branches = actions.DiscreteActions;
            for (int branch = 0; branch < choices.Length; branch++)
            {
                branches[branch] = choices[branch];
            }
        }
    }
}
