using System.Collections.Generic;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// A figure that shows a learner whom Python simulates (the digital twin). Its signals follow
    /// from what it shows: it looks at the lesson while attending and away while lapsed. Its answers
    /// are those that Python foresees, reported when their time has come.
    /// </summary>
    [AddComponentMenu("Attention Learning/Simulated Learner")]
    public sealed class SimulatedLearner : LearnerSignals
    {
        private const float LargestSway = 0.05f;
        private const float SickestScore = 100f;
        private const float SwaysPerSecond = 0.3f;

        [SerializeField]
        private Transform head;

        [SerializeField]
        [Tooltip("What the learner looks at while attending.")]
        private Transform lesson;

        [SerializeField]
        [Tooltip("What the learner looks at while lapsed.")]
        private Transform distraction;

        [SerializeField]
        [Tooltip("Coloured by how the learner feels; may be missing.")]
        private Renderer body;

        private readonly Queue<AnswerEvent> expected = new Queue<AnswerEvent>();
        private bool present = true;
        private bool attending = true;
        private bool working;
        private Affect affect;
        private float sickness;
        private float clock;

        /// <inheritdoc/>
        public override Vector3 HeadPosition
        {
            get { return head.position; }
        }

        /// <inheritdoc/>
        public override bool Present
        {
            get { return present; }
        }

        /// <inheritdoc/>
        public override bool Wearing
        {
            get { return true; }
        }

        /// <inheritdoc/>
        public override bool HandRaised
        {
            get { return affect == Affect.Confused; }
        }

        /// <summary>Fit the figure out; for scenes built by code.</summary>
        public void Furnish(Transform head, Transform lesson, Transform distraction, Renderer body)
        {
            this.head = head;
            this.lesson = lesson;
            this.distraction = distraction;
            this.body = body;
        }

        /// <summary>Show a learner as Python says they are; null for one who has left.</summary>
        public void Pose(Puppet puppet)
        {
            present = puppet != null;
            foreach (Renderer part in gameObject.GetComponentsInChildren<Renderer>(true))
            {
                part.enabled = present;
            }
            if (!present)
            {
                return;
            }
            attending = puppet.Attending;
            affect = puppet.Affect;
            sickness = (float)puppet.Sickness;
            working = puppet.Occupation >= Occupation.WorkedExample;
            head.LookAt(attending ? lesson : distraction);
            if (body != null)
            {
                body.material.color = ColourOf(affect);
            }
        }

        /// <summary>Be ready to give answers; former ones that were not yet due are void.</summary>
        /// <param name="answers">In the order of their times.</param>
        public void Expect(AnswerEvent[] answers)
        {
            expected.Clear();
            foreach (AnswerEvent answer in answers)
            {
                expected.Enqueue(answer);
            }
        }

        /// <summary>Give the answers whose time has come.</summary>
        /// <param name="time">Seconds since the course began.</param>
        public void AnswerUntil(double time)
        {
            while (expected.Count > 0 && expected.Peek().Time <= time)
            {
                Report(expected.Dequeue());
            }
        }

        /// <inheritdoc/>
        public override void Occupy(Occupation occupation, TaughtConcept concept, int number)
        {
            working = occupation >= Occupation.WorkedExample;
        }

        /// <summary>The colour that a feeling is shown in.</summary>
        public static Color ColourOf(Affect affect)
        {
            switch (affect)
            {
                case Affect.Confused:
                    return Color.yellow;
                case Affect.Frustrated:
                    return Color.red;
                case Affect.Bored:
                    return Color.grey;
                default:
                    return Color.green;
            }
        }

        /// <inheritdoc/>
        protected override bool TryGaze(out Ray ray)
        {
            Vector3 goal = attending ? lesson.position : distraction.position;
            ray = new Ray(head.position, goal - head.position);
            return true;
        }

        /// <inheritdoc/>
        protected override bool TryHead(out Ray ray)
        {
            clock += Time.fixedDeltaTime;
            float sway = LargestSway * Mathf.Clamp01(sickness / SickestScore);
            float phase = Mathf.Sin(2f * Mathf.PI * SwaysPerSecond * clock);
            TryGaze(out ray);
            ray.origin += new Vector3(sway * phase, 0f, 0f);
            return true;
        }

        /// <inheritdoc/>
        protected override bool TryVoice(out bool speaking)
        {
            speaking = false;
            return false;
        }

        /// <inheritdoc/>
        protected override bool TryTouch(out bool active)
        {
            active = attending;
            return working;
        }

        /// <inheritdoc/>
        protected override bool TryFace(out FaceSigns signs)
        {
            bool strained = affect == Affect.Frustrated || affect == Affect.Bored;
            signs = new FaceSigns
            {
                EyesOpen = attending ? 1.0 : 0.5,
                BrowLowered = strained ? 1.0 : 0.0,
                MouthFrown = strained ? 1.0 : 0.0,
            };
            return true;
        }
    }
}
