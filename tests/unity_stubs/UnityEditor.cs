// As much of UnityEditor as the package uses, from Unity's scripting reference.
using System;
using System.Reflection;
using System.Text.RegularExpressions;
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

    /// Reads serialised fields of references and of lists of them, which is what Validate needs.
    public class SerializedObject
    {
        private readonly Object read;
        public SerializedObject(Object obj)
        {
            read = obj;
        }
        public SerializedProperty FindProperty(string propertyPath)
        {
            FieldInfo field = read.GetType().GetField(
                propertyPath, BindingFlags.Instance | BindingFlags.NonPublic);
            bool kept = field != null && field.IsDefined(typeof(SerializeField));
            return kept ? new SerializedProperty(field.Name, field.GetValue(read)) : null;
        }
    }

    public class SerializedProperty
    {
        private readonly object value;
        internal SerializedProperty(string name, object value)
        {
            displayName = ObjectNames.NicifyVariableName(name);
            this.value = value;
        }
        public string displayName { get; }
        public bool isArray { get { return value is Array; } }
        public int arraySize { get { return ((Array)value).Length; } }
        public Object objectReferenceValue { get { return (Object)value; } }
        public SerializedProperty GetArrayElementAtIndex(int index)
        {
            return new SerializedProperty("element", ((Array)value).GetValue(index));
        }
    }

    public sealed class ObjectNames
    {
        public static string NicifyVariableName(string name)
        {
            string words = Regex.Replace(name, "(?<=[a-z])(?=[A-Z])", " ");
            return char.ToUpperInvariant(words[0]) + words.Substring(1);
        }
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
