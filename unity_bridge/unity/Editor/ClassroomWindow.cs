using System.Collections.Generic;
using Unity.MLAgents;
using UnityEditor;
using UnityEngine;

namespace AttentionLearning.Editor
{
    /// <summary>Window &gt; Attention Learning: create, validate, connect, see the state.</summary>
    public sealed class ClassroomWindow : EditorWindow
    {
        private const string Command = "python -m scripts.unity play";
        private const string Doctor = "python -m scripts.unity check";

        [SerializeField]
        private int learners = 8;

        [SerializeField]
        private int concepts = 16;

        [SerializeField]
        private bool withPerson = true;

        [SerializeField]
        private TextAsset items;

        private List<string> faults;

        /// <summary>Open the window.</summary>
        [MenuItem("Window/Attention Learning")]
        public static void Open()
        {
            GetWindow<ClassroomWindow>("Attention Learning");
        }

        private void OnGUI()
        {
            if (EditorApplication.isPlaying)
            {
                ShowState();
            }
            else
            {
                ShowCreation();
                ShowValidation();
                ShowConnection();
            }
        }

        /// <summary>The state changes while nobody touches the window.</summary>
        private void OnInspectorUpdate()
        {
            Repaint();
        }

        private void ShowCreation()
        {
            EditorGUILayout.LabelField("Classroom", EditorStyles.boldLabel);
            learners = EditorGUILayout.IntSlider(
                "Learners", learners, 1, ClassroomLayout.LargestClass);
            concepts = EditorGUILayout.IntSlider(
                "Concepts", concepts, 2, ClassroomLayout.LargestCurriculum);
            withPerson = EditorGUILayout.Toggle("First seat is mine", withPerson);
            items = (TextAsset)EditorGUILayout.ObjectField(
                "Items", items, typeof(TextAsset), false);
            if (GUILayout.Button("Create classroom"))
            {
                Course course = new Course { Learners = learners, Concepts = concepts };
                Selection.activeGameObject = ClassroomBuilder.Build(course, withPerson, items);
                faults = null;
            }
        }

        private void ShowValidation()
        {
            if (GUILayout.Button("Validate"))
            {
                faults = SceneCheck.Faults();
            }
            if (faults == null)
            {
                return;
            }
            foreach (string fault in faults)
            {
                EditorGUILayout.HelpBox(fault, MessageType.Error);
            }
            if (faults.Count == 0)
            {
                EditorGUILayout.HelpBox("The scene can be played.", MessageType.Info);
            }
        }

        private static void ShowConnection()
        {
            EditorGUILayout.LabelField("Connect", EditorStyles.boldLabel);
            EditorGUILayout.LabelField("1. Start Python, which must listen first:");
            EditorGUILayout.SelectableLabel(Command);
            if (GUILayout.Button("2. Play"))
            {
                EditorApplication.isPlaying = true;
            }
            EditorGUILayout.LabelField("In place of 1, to learn what is wrong with a connection:");
            EditorGUILayout.SelectableLabel(Doctor);
        }

        private static void ShowState()
        {
            bool connected = Academy.IsInitialized && Academy.Instance.IsCommunicatorOn;
            EditorGUILayout.HelpBox(
                connected
                    ? "Connected to Python."
                    : "Not connected: the stand-in tutor teaches. Start Python, then Play again.",
                connected ? MessageType.Info : MessageType.Warning);
            EditorGUILayout.LabelField("Layout", ClassroomLayout.Fingerprint);
            foreach (ClassroomAgent agent in SceneCheck.All<ClassroomAgent>())
            {
                ShowState(agent);
            }
            foreach (SessionRecorder recorder in SceneCheck.All<SessionRecorder>())
            {
                EditorGUILayout.LabelField("Session record", recorder.Path);
            }
        }

        private static void ShowState(ClassroomAgent agent)
        {
            ClassroomRecord record = agent.Record;
            if (record == null)
            {
                return;
            }
            string doing = record.Decision == null ? "-" : record.Decision.Activity.ToString();
            EditorGUILayout.LabelField(agent.name, doing);
            EditorGUILayout.LabelField("Lesson", (record.Clock.Lesson + 1).ToString());
            EditorGUILayout.LabelField("Reward so far", agent.GetCumulativeReward().ToString("F3"));
        }
    }
}
