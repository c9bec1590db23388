using System;
using System.IO;
using System.Text;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Writes every decision and every message of a session into one file, a line of JSON each, at
    /// once, so that nothing is lost when the player dies. It holds what learners answered: treat
    /// the file as their data.
    /// </summary>
    [AddComponentMenu("Attention Learning/Session Recorder")]
    [DefaultExecutionOrder(-200)]
    public sealed class SessionRecorder : MonoBehaviour
    {
        [SerializeField]
        private ClassroomLink link;

        private StreamWriter writer;

        /// <summary>Where the session is written; null before it begins.</summary>
        public string Path { get; private set; }

        /// <summary>Fit the recorder out; for scenes built by code.</summary>
        public void Furnish(ClassroomLink link)
        {
            this.link = link;
        }

        private void OnEnable()
        {
            string folder = System.IO.Path.Combine(Application.persistentDataPath, "sessions");
            Directory.CreateDirectory(folder);
            string name = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss") + ".jsonl";
            Path = System.IO.Path.Combine(folder, name);
            writer = new StreamWriter(Path, true, new UTF8Encoding(false)) { AutoFlush = true };
            link.Passed += Write;
            foreach (ClassroomAgent classroom in link.Classrooms)
            {
                classroom.DecisionBegan += Write;
            }
        }

        private void OnDisable()
        {
            link.Passed -= Write;
            foreach (ClassroomAgent classroom in link.Classrooms)
            {
                classroom.DecisionBegan -= Write;
            }
            writer.Dispose();
        }

        private void Write(ClassroomMessage message)
        {
            writer.WriteLine(SessionLine.Of(Now(), message));
        }

        private void Write(ClassroomAgent classroom)
        {
            int number = Array.IndexOf(link.Classrooms, classroom);
            writer.WriteLine(SessionLine.Of(Now(), number, classroom.Record));
        }

        private static double Now()
        {
            return Math.Round(Time.realtimeSinceStartup, 3);
        }
    }
}
