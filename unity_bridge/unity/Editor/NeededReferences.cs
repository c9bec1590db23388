using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace AttentionLearning.Editor
{
    /// <summary>
    /// What has to be dragged onto the components of a scene before it can be played. A field that
    /// is not asked for here says in its tooltip that it may be missing.
    /// </summary>
    public static class NeededReferences
    {
        private const string SomeText = "a Text Mesh";

        /// <summary>Every needed reference that is empty: object, component, field, and what to
        /// drag there.</summary>
        public static List<string> Missing()
        {
            List<string> missing = new List<string>();
            Need<HumanLearner>(missing, "eyes", "the Camera that the person sees through");
            Need<HumanLearner>(missing, "panel", "the Item Panel before the person");
            Need<ItemPanel>(missing, "question", SomeText);
            Need<ItemPanel>(missing, "options", SomeText + " with a collider");
            Need<SimulatedLearner>(missing, "head", "the figure's head");
            Need<SimulatedLearner>(missing, "lesson", "the board, or what else is looked at");
            Need<SimulatedLearner>(missing, "distraction", "a window, or what else distracts");
            Need<TutorAvatar>(missing, "head", "the tutor's head");
            Need<TutorAvatar>(missing, "board", SomeText + " on the board");
            Need<TutorAvatar>(missing, "caption", SomeText + " for the tutor's words");
            Need<AttentionOverlay>(missing, "classroom", "the Classroom Agent to be shown");
            Need<AttentionOverlay>(missing, "tutor", "the Tutor Avatar");
            Need<AttentionOverlay>(missing, "words", SomeText);
            Need<AttentionOverlay>(missing, "lines", "a Line Renderer for that seat");
            Need<AttentionOverlay>(missing, "marks", "a Renderer for that seat");
            Need<ClassroomLink>(missing, "classrooms", "a Classroom Agent");
            Need<SessionRecorder>(missing, "link", "the Classroom Link");
            return missing;
        }

        private static void Need<T>(List<string> missing, string field, string what)
            where T : Component
        {
            foreach (T owner in SceneCheck.All<T>())
            {
                SerializedProperty property = new SerializedObject(owner).FindProperty(field);
                string place = owner.name + ": " + ObjectNames.NicifyVariableName(typeof(T).Name)
                    + " > " + property.displayName;
                foreach (string empty in Empty(property, place))
                {
                    missing.Add(empty + " is empty: drag " + what + " there.");
                }
            }
        }

        /// <summary>The places without an object: the field, or the list or entries of it.</summary>
        private static IEnumerable<string> Empty(SerializedProperty property, string place)
        {
            if (property.isArray ? property.arraySize == 0 : property.objectReferenceValue == null)
            {
                yield return place;
            }
            for (int i = 0; property.isArray && i < property.arraySize; i++)
            {
                if (property.GetArrayElementAtIndex(i).objectReferenceValue == null)
                {
                    yield return place + " > Element " + i;
                }
            }
        }
    }
}
