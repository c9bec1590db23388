using System;
using System.Collections.Generic;
using Unity.MLAgents;
using Unity.MLAgents.Policies;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace AttentionLearning.Editor
{
    /// <summary>Says what is wrong with the open scene, and what to change.</summary>
    public static class SceneCheck
    {
        /// <summary>Every fault of the open scene; none where it can be played.</summary>
        public static List<string> Faults()
        {
            List<string> faults = new List<string>();
            List<ClassroomLink> links = All<ClassroomLink>();
            List<ClassroomAgent> agents = All<ClassroomAgent>();
            if (agents.Count == 0)
            {
                faults.Add("The scene has no Classroom Agent: press Create classroom.");
            }
            if (links.Count != 1)
            {
                faults.Add("The scene has " + links.Count + " Classroom Links; expected one.");
            }
            foreach (ClassroomAgent agent in agents)
            {
                Check(agent, faults);
                if (links.Count == 1 && Array.IndexOf(links[0].Classrooms, agent) < 0)
                {
                    faults.Add(agent.name + " is not in the Classroom Link's list: add it there.");
                }
            }
            faults.AddRange(NeededReferences.Missing());
            return faults;
        }

        /// <summary>All components of a kind in the open scene, inactive ones too.</summary>
        public static List<T> All<T>() where T : Component
        {
            List<T> found = new List<T>();
            foreach (GameObject root in SceneManager.GetActiveScene().GetRootGameObjects())
            {
                found.AddRange(root.GetComponentsInChildren<T>(true));
            }
            return found;
        }

        private static void Check(ClassroomAgent agent, List<string> faults)
        {
            string fault = Seating.Fault(agent.Course, agent.Learners);
            if (fault != null)
            {
                faults.Add(agent.name + ": " + fault + ".");
            }
            BehaviorParameters behaviour = agent.GetComponent<BehaviorParameters>();
            if (behaviour != null && behaviour.BehaviorType != BehaviorType.Default)
            {
                faults.Add(agent.name + ": Behavior Type is " + behaviour.BehaviorType
                    + "; expected Default, or Python is never asked.");
            }
            if (agent.GetComponent<DecisionRequester>() != null)
            {
                faults.Add(agent.name + ": remove the Decision Requester; it asks in the middle of an"
                    + " activity, where no answer can be played.");
            }
        }
    }
}
