using System;
using Unity.MLAgents;
using Unity.MLAgents.Actuators;
using Unity.MLAgents.Policies;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// One classroom as an ML-Agents agent: it collects the contract's observation, writes the
    /// masks, plays the tutor's decisions, asks for the next when an activity ends, and reports the
    /// end of the course. Time passes with the Academy's steps only, never with frames.
    /// </summary>
    [AddComponentMenu("Attention Learning/Classroom Agent")]
    [RequireComponent(typeof(BehaviorParameters))]
    [RequireComponent(typeof(ClassroomSensors))]
    public sealed class ClassroomAgent : Agent
    {
        [SerializeField]
        [Tooltip("The course; learners and concepts are fixed while Python is connected.")]
        private Course course = new Course();

        [SerializeField]
        [Tooltip("One for every seat, from the front left.")]
        private LearnerSignals[] learners = new LearnerSignals[0];

        [SerializeField]
        [Tooltip("Plays the decisions; may be missing in training.")]
        private TutorAvatar tutor;

        [SerializeField]
        [Tooltip("Minutes of the classroom in one minute of play; 1 with people.")]
        private float speed = 1f;

        private Curriculum curriculum;
        private Seating seating;
        private GainReport gains;
        private float passed;
        private bool asked;
        private int decisions;

        /// <summary>A decision begins.</summary>
        public event Action<ClassroomAgent> DecisionBegan;

        /// <summary>A decision has been played; the next observation follows.</summary>
        public event Action<ClassroomAgent> DecisionEnded;

        /// <summary>An answer was booked; its learner and time are filled in.</summary>
        public event Action<ClassroomAgent, AnswerEvent> AnswerBooked;

        /// <summary>The course of this classroom.</summary>
        public Course Course
        {
            get { return course; }
        }

        /// <summary>What is taught.</summary>
        public Curriculum Curriculum
        {
            get { return curriculum; }
        }

        /// <summary>The tutor's books of the present course.</summary>
        public ClassroomRecord Record { get; private set; }

        /// <summary>The learners' signals, by seat.</summary>
        public LearnerSignals[] Learners
        {
            get { return learners; }
        }

        /// <summary>The figure that plays the decisions; may be null.</summary>
        public TutorAvatar Tutor
        {
            get { return tutor; }
        }

        /// <summary>Fit the classroom out; for scenes built by code.</summary>
        public void Furnish(Course course, LearnerSignals[] learners, TutorAvatar tutor)
        {
            this.course = course;
            this.learners = learners;
            this.tutor = tutor;
        }

        /// <summary>Teach another curriculum from the next course on.</summary>
        /// <exception cref="ArgumentException">It has another number of concepts.</exception>
        public void Teach(Curriculum next)
        {
            if (next.Size != course.Concepts)
            {
                throw new ArgumentException(
                    "the curriculum has " + next.Size + " concepts, the classroom "
                    + course.Concepts + "; set Concepts of the Classroom Agent");
            }
            curriculum = next;
            OpenAgain();
        }

        /// <summary>Take over what Python may set of the course, from the next course on.</summary>
        /// <exception cref="ArgumentException">It means another number of learners, which was
        /// agreed on at connection.</exception>
        public void Set(SceneMessage scene)
        {
            if (scene.Learners != course.Learners)
            {
                throw new ArgumentException(
                    "Python set " + scene.Learners + " learners, the scene has " + course.Learners
                    + "; change the scene, or --course.learners in Python");
            }
            course.Follow(scene);
            OpenAgain();
        }

        /// <summary>
        /// Add to the reward of the next report. Only what knows the learners' true state can: a
        /// simulation in C# does; with people nobody does, and the reward stays 0.
        /// </summary>
        /// <param name="learner">Whose gain it is, from 0.</param>
        /// <param name="gain">Change of the expected delayed score, as envs/reward.py says.</param>
        public void AddGain(int learner, float gain)
        {
            gains.Add(learner, gain);
            AddReward(gain);
        }

        /// <inheritdoc/>
        public override void OnEpisodeBegin()
        {
            decisions = 0;
            Open();
            RequestNext();
        }

        /// <inheritdoc/>
        public override void WriteDiscreteActionMask(IDiscreteActionMask actionMask)
        {
            ClassroomBehaviour.WriteMask(actionMask, Record.Observation);
            asked = true;
        }

        /// <summary>
        /// Begin what was decided. Python's reset comes in the middle of an Academy step, in which
        /// ML-Agents still gives an action that answers nothing (zeros, or the one before): it is
        /// passed over, and the right to act kept for the answer to this episode's own question.
        /// </summary>
        public override void OnActionReceived(ActionBuffers actions)
        {
            if (Record.Playing)
            {
                return;
            }
            if (!asked)
            {
                RequestAction();
                return;
            }
            Begin(ClassroomBehaviour.Choices(actions));
        }

#if !ATTENTION_LEARNING_MCS
        /// <inheritdoc/>
        public override void Heuristic(in ActionBuffers actionsOut)
        {
            int[] choices = ClassroomBehaviour.Choices(actionsOut);
            StandInTutor.Choose(choices, Record.Observation, decisions);
            ClassroomBehaviour.Write(choices, actionsOut);
        }
#endif

        /// <inheritdoc/>
        protected override void OnEnable()
        {
            string fault = Seating.Fault(course, learners);
            if (fault != null)
            {
                throw new InvalidOperationException(fault);
            }
            curriculum = curriculum ?? Curriculum.Unknown(course.Concepts);
            gains = new GainReport(course.Learners);
            Open();
            ClassroomBehaviour.Configure(GetComponent<BehaviorParameters>(), course);
            seating = new Seating(learners);
            seating.Answered += Book;
            base.OnEnable();
            Academy.Instance.AgentPreStep += Pass;
        }

        /// <inheritdoc/>
        protected override void OnDisable()
        {
            if (Academy.IsInitialized)
            {
                Academy.Instance.AgentPreStep -= Pass;
            }
            seating?.Dispose();
            base.OnDisable();
        }

        private void Open()
        {
            Record = new ClassroomRecord(course, curriculum);
            passed = 0f;
        }

        /// <summary>Nothing is lost while the first decision has not come.</summary>
        private void OpenAgain()
        {
            if (Record != null && !Record.Playing && decisions == 0)
            {
                Open();
            }
        }

        private void RequestNext()
        {
            string fault = Record.Observation.FirstFault();
            if (fault != null)
            {
                Debug.LogError(fault, this);
            }
            asked = false; // until the masks are written: then the question is on its way
            RequestDecision();
        }

        private void Begin(int[] branches)
        {
            Decision decision = new Decision(branches);
            string fault = Legality.Explain(Record.Observation, decision);
            if (fault != null)
            {
                Debug.LogError("The tutor circulates instead: " + fault, this);
                decision = new Decision(new int[branches.Length]);
            }
            Record.Begin(decision);
            decisions += 1;
            gains.Forget();
            seating.Occupy(Record, curriculum);
            if (tutor != null)
            {
                tutor.Play(decision, curriculum, learners);
            }
            DecisionBegan?.Invoke(this);
        }

        /// <summary>Let an Academy step pass; every 30 s of the classroom a window closes.</summary>
        private void Pass(int academyStep)
        {
            if (!Record.Playing)
            {
                return;
            }
            float seconds = Time.fixedDeltaTime * speed;
            passed += seconds;
            seating.Sample(Record, seconds, Now());
            while (passed >= ClassroomLayout.StepSeconds && Record.Playing)
            {
                passed -= ClassroomLayout.StepSeconds;
                CloseWindow();
            }
        }

        private void CloseWindow()
        {
            seating.CloseWindow(Record);
            if (!Record.Tick())
            {
                return;
            }
            double minutes = Record.Clock.LastSteps * ClassroomLayout.StepMinutes;
            gains.Write(Record.Observation["outcome"], minutes);
            DecisionEnded?.Invoke(this);
            if (Record.Clock.CourseOver)
            {
                EndEpisode();
            }
            else
            {
                RequestNext();
            }
        }

        private void Book(AnswerEvent answer)
        {
            if (!Record.Playing)
            {
                return; // no decision that it could belong to
            }
            answer.Time = Math.Round(Now(), 3);
            Record.Learner(answer.Learner).Add(answer);
            AnswerBooked?.Invoke(this, answer);
        }

        /// <summary>Seconds since the course began, nights and gaps included.</summary>
        private double Now()
        {
            return Record.Clock.Hours * 3600.0 + passed;
        }
    }
}
