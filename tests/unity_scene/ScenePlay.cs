using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using AttentionLearning.Editor;
using Unity.MLAgents;
using UnityEngine;

namespace AttentionLearning.Scene
{
    /// <summary>
    /// Builds a classroom as the editor's button does, plays a course in it with the stubs of
    /// ML-Agents, and writes what was seen, as JSON.
    /// </summary>
    public static class ScenePlay
    {
        private const int MostSteps = 60000;
        private const string Caption = "{\"type\":\"caption\",\"version\":1,\"classroom\":0,"
            + "\"learner\":3,\"text\":\"Look here.\",\"seconds\":4.0}";
        private const string Items = "{\"sums\":[{\"question\":\"1 + 1 =\",\"options\":[\"2\",\"3\"],"
            + "\"right\":0}]}";

        /// <summary>Play; the messages that Python sends come as arguments.</summary>
        public static void Main(string[] messages)
        {
            Course course = new Course { Learners = 3, Concepts = 2, Lessons = 2, Minutes = 40 };
            GameObject root = ClassroomBuilder.Build(course, true, new TextAsset(Items));
            JsonValue seen = JsonValue.Map();
            seen.With("faults", JsonValue.List(SceneCheck.Faults(), fault => fault));
            int later = messages.Length - 2;
            for (int i = 0; i < later; i++)
            {
                Theatre.Deliver(Encoding.UTF8.GetBytes(messages[i]));
            }
            List<int> seats = new List<int>();
            LearnerSignals[] learners = root.GetComponent<ClassroomAgent>().Learners;
            Seating seating = new Seating(new[] { learners[1], learners[0], learners[2] });
            seating.Answered += answer => seats.Add(answer.Learner);
            List<string> played = new List<string>();
            root.GetComponent<ClassroomAgent>().DecisionBegan +=
                classroom => played.Add(classroom.Record.Decision.Activity.ToString());
            seen.With("steps", Play(root));
            Theatre.Deliver(Encoding.UTF8.GetBytes(Caption));
            seen.With("turned", Places(learners[2].HeadPosition, Tutor(root).LooksAt));
            seen.With("seats", JsonValue.List(seats, seat => seat));
            seen.With("decisions", Theatre.Decisions);
            seen.With("reward", root.GetComponent<ClassroomAgent>().GetCumulativeReward());
            seen.With("sizes", Sizes());
            seen.With("gaze", Numbers("gaze"));
            seen.With("evidence", Numbers("evidence"));
            seen.With("course", Numbers("course"));
            seen.With("sent", JsonValue.List(Theatre.Sent(), sent => Encoding.UTF8.GetString(sent)));
            Theatre.Deliver(Encoding.UTF8.GetBytes(messages[later]));
            PlayDecision(played);
            seen.With("there", JsonValue.List(
                Theatre.Observed["learner_present"], one => Math.Round((double)one, 6)));
            seen.With("shown", JsonValue.List(
                learners, learner => learner.gameObject.GetComponentsInChildren<Renderer>(true)
                    .Count(part => part.enabled)));
            Theatre.Deliver(Encoding.UTF8.GetBytes(messages[later + 1]));
            Academy.Instance.EnvironmentStep(); // confused for one step, with the hand up
            Theatre.Deliver(Encoding.UTF8.GetBytes(messages[later]));
            PlayDecision(played);
            seen.With("behaviour", JsonValue.List(
                Theatre.Observed["behaviour"], one => Math.Round((double)one, 6)));
            Theatre.ResetComes = true; // in the middle of a decision
            PlayDecision(played);
            seen.With("gains", GainPlay.Play(root, () => PlayDecision(played)));
            seen.With("played", JsonValue.List(played, activity => activity));
            seen.With("record", root.GetComponent<SessionRecorder>().Path);
            seen.With("forgotten", Forgotten.References());
            root.GetComponent<ClassroomAgent>().Furnish(course, new LearnerSignals[3], null);
            seen.With("broken", JsonValue.List(SceneCheck.Faults(), fault => fault));
            root.GetComponent<ClassroomAgent>().Furnish(course, learners, null);
            seen.With("requester", Forgotten.Requester(root));
            Console.WriteLine(JsonWriter.Write(seen));
        }

        private static TutorAvatar Tutor(GameObject root)
        {
            return root.GetComponent<ClassroomAgent>().Tutor;
        }

        private static JsonValue Places(params Vector3[] places)
        {
            return JsonValue.List(
                places,
                one => JsonValue.List(new[] { one.x, one.y, one.z }, number => (double)number));
        }

        /// <summary>Step until another decision has begun.</summary>
        private static void PlayDecision(List<string> played)
        {
            int before = played.Count;
            while (played.Count == before)
            {
                Academy.Instance.EnvironmentStep();
            }
        }

        private static int Play(GameObject root)
        {
            Theatre.ResetComes = true; // as Python does it when it has connected
            ItemPanel panel = root.GetComponentsInChildren<ItemPanel>(true)[0];
            List<Action> updates = Updates(root);
            int steps = 0;
            while (Theatre.Ended == 0 && steps < MostSteps)
            {
                Academy.Instance.EnvironmentStep();
                updates.ForEach(update => update());
                steps += 1;
                if (steps % 1000 == 0)
                {
                    panel.Choose(0);
                }
            }
            return steps;
        }

        private static List<Action> Updates(GameObject root)
        {
            List<Action> updates = new List<Action>();
            foreach (MonoBehaviour one in root.GetComponentsInChildren<MonoBehaviour>(true))
            {
                MethodInfo update = one.GetType().GetMethod(
                    "Update", BindingFlags.Instance | BindingFlags.NonPublic);
                if (update != null)
                {
                    updates.Add((Action)Delegate.CreateDelegate(typeof(Action), one, update));
                }
            }
            return updates;
        }

        private static JsonValue Sizes()
        {
            JsonValue sizes = JsonValue.Map();
            foreach (KeyValuePair<string, float[]> field in Theatre.Observed)
            {
                sizes.With(field.Key, field.Value.Length);
            }
            return sizes;
        }

        private static JsonValue Numbers(string field)
        {
            return JsonValue.List(
                Theatre.Final[field], number => Math.Round((double)number, 6));
        }
    }
}
