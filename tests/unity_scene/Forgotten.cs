using System;
using System.Collections.Generic;
using System.Reflection;
using AttentionLearning.Editor;
using UnityEngine;
using Object = UnityEngine.Object;

namespace AttentionLearning.Scene
{
    /// <summary>Forgets every reference of the open scene in turn, and asks what Validate says.</summary>
    public static class Forgotten
    {
        private const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic;

        /// <summary>What was forgotten where, whether it may be missing, and the faults.</summary>
        public static JsonValue References()
        {
            List<JsonValue> said = new List<JsonValue>();
            foreach (MonoBehaviour owner in SceneCheck.All<MonoBehaviour>())
            {
                foreach (FieldInfo field in owner.GetType().GetFields(Own))
                {
                    bool list = typeof(Object[]).IsAssignableFrom(field.FieldType);
                    bool one = typeof(Object).IsAssignableFrom(field.FieldType);
                    if (field.IsDefined(typeof(SerializeField)) && (list || one))
                    {
                        said.Add(Without(owner, field, Emptied(field, 0)));
                    }
                    if (field.IsDefined(typeof(SerializeField)) && list)
                    {
                        int length = ((Array)field.GetValue(owner)).Length;
                        said.Add(Without(owner, field, Emptied(field, length)));
                    }
                }
            }
            return JsonValue.List(said);
        }

        /// <summary>What Validate says of a Decision Requester beside the agent.</summary>
        public static JsonValue Requester(GameObject root)
        {
            root.AddComponent<Unity.MLAgents.DecisionRequester>();
            return JsonValue.List(SceneCheck.Faults(), fault => fault);
        }

        private static object Emptied(FieldInfo field, int length)
        {
            return field.FieldType.IsArray
                ? Array.CreateInstance(field.FieldType.GetElementType(), length)
                : null;
        }

        private static JsonValue Without(MonoBehaviour owner, FieldInfo field, object emptied)
        {
            object kept = field.GetValue(owner);
            field.SetValue(owner, emptied);
            List<string> faults = SceneCheck.Faults();
            field.SetValue(owner, kept);
            string tooltip = field.GetCustomAttribute<TooltipAttribute>()?.tooltip ?? "";
            bool optional = tooltip.ToLowerInvariant().Contains("may be missing");
            return JsonValue.Map()
                .With("object", owner.name)
                .With("component", owner.GetType().Name)
                .With("field", field.Name)
                .With("optional", optional)
                .With("faults", JsonValue.List(faults, fault => fault));
        }
    }
}
