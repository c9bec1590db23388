using System.Text;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Shows who attends (a mark over each head) and what the policy looks at (a line to each
    /// learner, as wide as its share, and the concepts in words).
    /// </summary>
    [AddComponentMenu("Attention Learning/Attention Overlay")]
    public sealed class AttentionOverlay : MonoBehaviour
    {
        private const float Widest = 0.08f;
        private const float AboveHead = 0.35f;
        private const int ConceptsShown = 3;

        [SerializeField]
        private ClassroomAgent classroom;

        [SerializeField]
        private Transform tutor;

        [SerializeField]
        private TextMesh words;

        [SerializeField]
        [Tooltip("One for every seat.")]
        private LineRenderer[] lines = new LineRenderer[0];

        [SerializeField]
        [Tooltip("One for every seat.")]
        private Renderer[] marks = new Renderer[0];

        /// <summary>Fit the overlay out; for scenes built by code.</summary>
        public void Furnish(
            ClassroomAgent classroom,
            Transform tutor,
            TextMesh words,
            LineRenderer[] lines,
            Renderer[] marks)
        {
            this.classroom = classroom;
            this.tutor = tutor;
            this.words = words;
            this.lines = lines;
            this.marks = marks;
        }

        /// <summary>Show what the policy looked at in its last decision.</summary>
        public void Show(ClassroomAgent shown, ReasonsMessage reasons)
        {
            classroom = shown;
            foreach (LineRenderer line in lines)
            {
                line.enabled = false;
            }
            foreach (AttentionShare share in reasons.Learners)
            {
                int seat = share.Index - 1;
                if (seat >= 0 && seat < lines.Length && seat < shown.Learners.Length)
                {
                    Draw(lines[seat], shown.Learners[seat].HeadPosition, (float)share.Share);
                }
            }
            words.text = Words(shown.Curriculum, reasons.Concepts);
        }

        /// <summary>Marks only: nothing that is observed depends on them.</summary>
        private void Update()
        {
            if (classroom == null)
            {
                return;
            }
            LearnerSignals[] learners = classroom.Learners;
            for (int seat = 0; seat < marks.Length && seat < learners.Length; seat++)
            {
                marks[seat].transform.position =
                    learners[seat].HeadPosition + AboveHead * Vector3.up;
                marks[seat].material.color =
                    learners[seat].LooksAtLesson ? Color.green : Color.red;
            }
        }

        private void Draw(LineRenderer line, Vector3 end, float share)
        {
            line.enabled = true;
            line.positionCount = 2;
            line.SetPosition(0, tutor.position);
            line.SetPosition(1, end);
            line.startWidth = line.endWidth = Widest * Mathf.Clamp01(share);
        }

        private static string Words(Curriculum curriculum, AttentionShare[] concepts)
        {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < concepts.Length && i < ConceptsShown; i++)
            {
                int concept = concepts[i].Index;
                if (concept >= 0 && concept < curriculum.Size)
                {
                    text.Append(curriculum.Concepts[concept].Name).Append(' ')
                        .Append(Mathf.RoundToInt(100f * (float)concepts[i].Share)).Append(" %\n");
                }
            }
            return text.ToString();
        }
    }
}
