using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// The figure that plays the tutor's decisions: it turns to whom it addresses, writes activity
    /// and concept on the board, hands out items, and says why.
    /// </summary>
    [AddComponentMenu("Attention Learning/Tutor Avatar")]
    public sealed class TutorAvatar : MonoBehaviour
    {
        private const float DegreesPerSecond = 180f;
        private const float MetresPerSecond = 2f;
        private const float Ahead = 0.6f;

        [SerializeField]
        private Transform head;

        [SerializeField]
        private TextMesh board;

        [SerializeField]
        private TextMesh caption;

        [SerializeField]
        [Tooltip("What is handed to a learner; may be missing.")]
        private Transform handout;

        private Vector3 lookAt;
        private LearnerSignals listener;
        private Vector3 handoutAt;
        private float captionFor;
        private string why = "";

        /// <summary>Fit the figure out; for scenes built by code.</summary>
        public void Furnish(Transform head, TextMesh board, TextMesh caption, Transform handout)
        {
            this.head = head;
            this.board = board;
            this.caption = caption;
            this.handout = handout;
        }

        /// <summary>Begin to play a decision.</summary>
        public void Play(Decision decision, Curriculum curriculum, LearnerSignals[] learners)
        {
            bool about = ClassroomLayout.UsesConcept[(int)decision.Activity];
            TaughtConcept concept = about ? curriculum.Concepts[decision.Concept] : null;
            board.text = concept == null
                ? decision.Activity.ToString()
                : decision.Activity + ": " + concept.Name + "\n" + concept.Text;
            bool one = decision.Target > 0;
            lookAt = one ? learners[decision.Target - 1].HeadPosition : MiddleOf(learners);
            bool handsOut = one && decision.Activity == Activity.Explain;
            handoutAt = handsOut
                ? Vector3.MoveTowards(lookAt, head.position, Ahead)
                : head.position + head.forward * Ahead;
        }

        /// <summary>Where the tutor looks, or turns to.</summary>
        public Vector3 LooksAt
        {
            get
            {
                bool speaks = captionFor > 0f && listener != null;
                return speaks ? listener.HeadPosition : lookAt;
            }
        }

        /// <summary>Say something, turned to whom it is for.</summary>
        /// <param name="words">In any script that the font has.</param>
        /// <param name="seconds">How long the words stay.</param>
        /// <param name="to">The learner; null for the class.</param>
        public void Say(string words, float seconds, LearnerSignals to)
        {
            caption.text = words;
            captionFor = seconds;
            listener = to;
        }

        /// <summary>Say why the tutor acts so, until the next decision; captions cover it.</summary>
        public void Explain(string reason)
        {
            why = reason;
        }

        private void Start()
        {
            lookAt = head.position + head.forward;
            handoutAt = head.position + head.forward * Ahead;
        }

        /// <summary>Movement only: nothing that is observed depends on it.</summary>
        private void Update()
        {
            Vector3 direction = LooksAt - head.position;
            if (direction.sqrMagnitude > 0f)
            {
                head.rotation = Quaternion.RotateTowards(
                    head.rotation,
                    Quaternion.LookRotation(direction),
                    DegreesPerSecond * Time.deltaTime);
            }
            if (handout != null)
            {
                handout.position = Vector3.MoveTowards(
                    handout.position, handoutAt, MetresPerSecond * Time.deltaTime);
            }
            captionFor -= Time.deltaTime;
            if (captionFor <= 0f)
            {
                caption.text = why;
            }
        }

        private static Vector3 MiddleOf(LearnerSignals[] learners)
        {
            Vector3 sum = Vector3.zero;
            foreach (LearnerSignals learner in learners)
            {
                sum += learner.HeadPosition;
            }
            return sum / Mathf.Max(1, learners.Length);
        }
    }
}
