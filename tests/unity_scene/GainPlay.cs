using System;
using System.Collections.Generic;
using System.Reflection;
using Unity.MLAgents;
using UnityEngine;

namespace AttentionLearning.Scene
{
    /// <summary>Plays decisions in a classroom whose learners' gain somebody knows.</summary>
    public static class GainPlay
    {
        /// <summary>
        /// From a course's first decision to its end, gains in the second alone: what is sent of
        /// each decision, with how much reward.
        /// </summary>
        public static JsonValue Play(GameObject root, Action playDecision)
        {
            ClassroomAgent agent = root.GetComponent<ClassroomAgent>();
            SendOutcome(agent);
            float before = agent.GetCumulativeReward();
            playDecision();
            List<JsonValue> sent = new List<JsonValue> { Numbers(Theatre.Observed["outcome"]) };
            agent.AddGain(0, 0.25f);
            agent.AddGain(2, -0.5f);
            agent.AddGain(0, 0.125f);
            playDecision();
            sent.Add(Numbers(Theatre.Observed["outcome"]));
            playDecision();
            sent.Add(Numbers(Theatre.Final["outcome"]));
            JsonValue sizes = JsonValue.Map();
            foreach (KeyValuePair<string, float[]> field in Theatre.Final)
            {
                sizes.With(field.Key, field.Value.Length);
            }
            return JsonValue.Map()
                .With("reward", agent.GetCumulativeReward() - before)
                .With("sizes", sizes)
                .With("outcomes", JsonValue.List(sent));
        }

        /// <summary>Tick Sends Outcome, and make the sensors as pressing Play does.</summary>
        private static void SendOutcome(ClassroomAgent agent)
        {
            ClassroomSensors sensors = agent.GetComponent<ClassroomSensors>();
            FieldInfo box = typeof(ClassroomSensors).GetField(
                "sendsOutcome", BindingFlags.Instance | BindingFlags.NonPublic);
            box.SetValue(sensors, true);
            Theatre.MakeSensors(agent);
        }

        private static JsonValue Numbers(float[] vector)
        {
            return JsonValue.List(vector, number => (double)number);
        }
    }
}
