using System;
using Unity.MLAgents;
using Unity.MLAgents.SideChannels;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// The scene's end of the classroom channel: it introduces the scene to Python, hands what
    /// Python says to the classrooms, and reports their answers. One to a scene.
    /// </summary>
    [AddComponentMenu("Attention Learning/Classroom Link")]
    [DefaultExecutionOrder(-100)]
    public sealed class ClassroomLink : MonoBehaviour
    {
        /// <summary>Version of this package, as in package.json.</summary>
        public const string PackageVersion = "0.1.0";

        [SerializeField]
        [Tooltip("The classrooms of the scene, in the order in which Python counts them.")]
        private ClassroomAgent[] classrooms = new ClassroomAgent[0];

        [SerializeField]
        [Tooltip("Shows what the policy looks at; may be missing.")]
        private AttentionOverlay overlay;

        private ClassroomChannel channel;

        /// <summary>A message was sent or received.</summary>
        public event Action<ClassroomMessage> Passed;

        /// <summary>The classrooms of the scene.</summary>
        public ClassroomAgent[] Classrooms
        {
            get { return classrooms; }
        }

        /// <summary>Fit the link out; for scenes built by code.</summary>
        public void Furnish(ClassroomAgent[] classrooms, AttentionOverlay overlay)
        {
            this.classrooms = classrooms;
            this.overlay = overlay;
        }

        /// <summary>Register before the Academy opens its connection.</summary>
        private void Awake()
        {
            channel = new ClassroomChannel();
            channel.Received += Receive;
            SideChannelManager.RegisterSideChannel(channel);
            Greet();
            Academy.Instance.OnEnvironmentReset += Greet;
            foreach (ClassroomAgent classroom in classrooms)
            {
                classroom.AnswerBooked += ReportAnswer;
                classroom.DecisionEnded += ReportWindows;
            }
        }

        private void OnDestroy()
        {
            SideChannelManager.UnregisterSideChannel(channel);
            if (Academy.IsInitialized)
            {
                Academy.Instance.OnEnvironmentReset -= Greet;
            }
            foreach (ClassroomAgent classroom in classrooms)
            {
                classroom.AnswerBooked -= ReportAnswer;
                classroom.DecisionEnded -= ReportWindows;
            }
        }

        private void Greet()
        {
            Send(new HelloMessage(
                PackageVersion, Application.unityVersion, ClassroomLayout.Fingerprint));
        }

        private void ReportAnswer(ClassroomAgent classroom, AnswerEvent answer)
        {
            Send(new AnswerMessage(Array.IndexOf(classrooms, classroom), answer));
        }

        private void ReportWindows(ClassroomAgent classroom)
        {
            int[][] counts = new int[classroom.Course.Learners][];
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = classroom.Record.Learner(i).WindowCounts();
            }
            Send(new WindowsMessage(Array.IndexOf(classrooms, classroom), counts));
        }

        private void Send(ClassroomMessage message)
        {
            channel.Send(message);
            Tell(message);
        }

        private void Receive(ClassroomMessage message)
        {
            Tell(message);
            CurriculumMessage taught = message as CurriculumMessage;
            if (taught != null)
            {
                Curriculum curriculum = new Curriculum(taught.Concepts);
                Array.ForEach(classrooms, classroom => classroom.Teach(curriculum));
            }
            SceneMessage scene = message as SceneMessage;
            if (scene != null)
            {
                Array.ForEach(classrooms, classroom => classroom.Set(scene));
            }
            Show(message);
        }

        /// <summary>What changes nothing in the books: words, reasons, figures.</summary>
        private void Show(ClassroomMessage message)
        {
            CaptionMessage caption = message as CaptionMessage;
            if (caption != null)
            {
                Say(caption);
            }
            ReasonsMessage reasons = message as ReasonsMessage;
            if (reasons != null)
            {
                ShowReasons(reasons);
            }
            PuppetsMessage puppets = message as PuppetsMessage;
            if (puppets != null)
            {
                MovePuppets(puppets);
            }
        }

        private void Say(CaptionMessage caption)
        {
            ClassroomAgent classroom = Find(caption.Classroom);
            int seat = caption.Target - 1;
            bool one = seat >= 0 && seat < classroom.Learners.Length;
            if (classroom.Tutor != null)
            {
                classroom.Tutor.Say(
                    caption.Text, (float)caption.Seconds, one ? classroom.Learners[seat] : null);
            }
        }

        private void ShowReasons(ReasonsMessage reasons)
        {
            ClassroomAgent classroom = Find(reasons.Classroom);
            if (classroom.Tutor != null)
            {
                classroom.Tutor.Explain(reasons.Sentence);
            }
            if (overlay != null)
            {
                overlay.Show(classroom, reasons);
            }
        }

        private void MovePuppets(PuppetsMessage message)
        {
            LearnerSignals[] learners = Find(message.Classroom).Learners;
            for (int i = 0; i < learners.Length; i++)
            {
                int seat = i;
                SimulatedLearner figure = learners[i] as SimulatedLearner;
                if (figure != null)
                {
                    figure.Pose(Array.Find(message.Puppets, puppet => puppet.Learner == seat));
                    figure.Expect(
                        Array.FindAll(message.Answers, answer => answer.Learner == seat));
                }
            }
        }

        private ClassroomAgent Find(int classroom)
        {
            if (classroom < 0 || classroom >= classrooms.Length)
            {
                throw new ArgumentException(
                    "classroom is " + classroom + "; expected 0 to " + (classrooms.Length - 1));
            }
            return classrooms[classroom];
        }

        private void Tell(ClassroomMessage message)
        {
            if (Passed != null)
            {
                Passed(message);
            }
        }
    }
}
