// As much of UnityEditor as the package uses, from Unity's scripting reference.
using System;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    public class EditorWindow : ScriptableObjectStub
    {
        public static T GetWindow<T>(string title) where T : EditorWindow { return null; }
        public void Repaint() { }
    }

    /// ScriptableObject is UnityEngine's; only its place in the line of ancestors matters here.
    public class ScriptableObjectStub : Object { }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName) { }
    }

    public enum MessageType
    {
        None,
        Info,
        Warning,
        Error,
    }

    public sealed class EditorStyles
    {
        public static GUIStyle boldLabel { get { return null; } }
    }

    public sealed class EditorGUILayout
    {
        public static void LabelField(string label, params GUILayoutOption[] options) { }
        public static void LabelField(
            string label, GUIStyle style, params GUILayoutOption[] options)
        {
        }
        public static void LabelField(
            string label, string label2, params GUILayoutOption[] options)
        {
        }
        public static void SelectableLabel(string text, params GUILayoutOption[] options) { }
        public static void HelpBox(string message, MessageType type) { }
        public static int IntSlider(
            string label, int value, int leftValue, int rightValue,
            params GUILayoutOption[] options)
        {
            return value;
        }
        public static bool Toggle(string label, bool value, params GUILayoutOption[] options)
        {
            return value;
        }
        public static Object ObjectField(
            string label, Object obj, Type objType, bool allowSceneObjects,
            params GUILayoutOption[] options)
        {
            return obj;
        }
    }

    public sealed class EditorApplication
    {
        public static bool isPlaying { get; set; }
    }

    public sealed class Selection
    {
        public static GameObject activeGameObject { get; set; }
    }

    public class Undo
    {
        public static void RegisterCreatedObjectUndo(Object objectToUndo, string name) { }
    }
}

namespace UnityEditor.SceneManagement
{
    public sealed class EditorSceneManager
    {
        public static bool MarkSceneDirty(UnityEngine.SceneManagement.Scene scene)
        {
            return false;
        }
    }
}
