using Unity.MLAgents.Policies;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;

namespace AttentionLearning.Editor
{
    /// <summary>Builds a classroom that is ready to play, from primitives only.</summary>
    public static class ClassroomBuilder
    {
        private const float BoardDistance = 4f;

        /// <summary>Put a classroom into the open scene.</summary>
        /// <param name="course">Its size and length.</param>
        /// <param name="withPerson">Whether the first seat is for a person at this machine.</param>
        /// <param name="items">The person's items; may be missing.</param>
        /// <returns>The classroom's root.</returns>
        public static GameObject Build(Course course, bool withPerson, TextAsset items)
        {
            GameObject root = new GameObject("Classroom");
            root.SetActive(false);
            Undo.RegisterCreatedObjectUndo(root, "Create classroom");
            ClassroomFurniture furniture = new ClassroomFurniture(root.transform);
            furniture.Floor(course.Columns);
            TextMesh board = furniture.Board(new Vector3(0f, 1.6f, BoardDistance));
            TutorAvatar tutor = Tutor(furniture, board);
            Transform window = furniture.Window(new Vector3(-course.Columns - 2f, 1.6f, 0f));
            LearnerSignals[] learners = new LearnerSignals[course.Learners];
            for (int i = 0; i < learners.Length; i++)
            {
                Vector3 seat = furniture.Seat(i, course.Columns);
                learners[i] = withPerson && i == 0
                    ? (LearnerSignals)Person(furniture, seat, items)
                    : Figure(furniture, seat, i, board.transform, window);
            }
            Connect(root, furniture, course, learners, tutor);
            root.SetActive(true);
            EditorSceneManager.MarkSceneDirty(root.scene);
            return root;
        }

        private static TutorAvatar Tutor(ClassroomFurniture furniture, TextMesh board)
        {
            Transform body = furniture.Figure("Tutor", new Vector3(-1.5f, 0f, BoardDistance - 1f));
            Transform head = body.Find("Head");
            head.gameObject.AddComponent<SphereCollider>();
            body.gameObject.AddComponent<LessonTarget>();
            TextMesh caption = furniture.Text("Caption", new Vector3(0f, 3f, BoardDistance), 0.06f);
            Transform handout = furniture.Cube("Handout", head.position, new Vector3(0.2f, 0.3f, 0.02f));
            TutorAvatar tutor = body.gameObject.AddComponent<TutorAvatar>();
            tutor.Furnish(head, board, caption, handout);
            return tutor;
        }

        private static SimulatedLearner Figure(
            ClassroomFurniture furniture, Vector3 seat, int number, Transform board, Transform window)
        {
            Transform body = furniture.Figure("Learner " + (number + 1), seat);
            SimulatedLearner learner = body.gameObject.AddComponent<SimulatedLearner>();
            Renderer skin = body.Find("Body").GetComponent<Renderer>();
            learner.Furnish(body.Find("Head"), board, window, skin);
            return learner;
        }

        private static HumanLearner Person(
            ClassroomFurniture furniture, Vector3 seat, TextAsset items)
        {
            ItemPanel panel = furniture.Panel(seat + new Vector3(0f, 1.3f, 1f));
            GameObject person = furniture.Empty("Person", seat).gameObject;
            GameObject eyes = furniture.Empty("Eyes", seat + 1.4f * Vector3.up).gameObject;
            eyes.transform.SetParent(person.transform, true);
            HumanLearner learner = person.AddComponent<HumanLearner>();
            learner.Furnish(eyes.AddComponent<Camera>(), panel, items);
            return learner;
        }

        private static void Connect(
            GameObject root,
            ClassroomFurniture furniture,
            Course course,
            LearnerSignals[] learners,
            TutorAvatar tutor)
        {
            ClassroomAgent agent = root.AddComponent<ClassroomAgent>();
            agent.Furnish(course, learners, tutor);
            ClassroomBehaviour.Configure(root.GetComponent<BehaviorParameters>(), course);
            AttentionOverlay overlay = root.AddComponent<AttentionOverlay>();
            TextMesh words = furniture.Text("Attention", new Vector3(2.5f, 3f, BoardDistance), 0.05f);
            LineRenderer[] lines = new LineRenderer[learners.Length];
            Renderer[] marks = new Renderer[learners.Length];
            for (int i = 0; i < learners.Length; i++)
            {
                lines[i] = furniture.Line("Line " + (i + 1));
                marks[i] = furniture.Mark("Mark " + (i + 1));
            }
            overlay.Furnish(agent, tutor.transform, words, lines, marks);
            ClassroomLink link = root.AddComponent<ClassroomLink>();
            link.Furnish(new[] { agent }, overlay);
            root.AddComponent<SessionRecorder>().Furnish(link);
        }
    }
}
