using System;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>Asks one item at a time: the question, its options, the answer with its time.</summary>
    [AddComponentMenu("Attention Learning/Item Panel")]
    public sealed class ItemPanel : MonoBehaviour
    {
        private const float Farthest = 10f;

        [SerializeField]
        private TextMesh question;

        [SerializeField]
        [Tooltip("One line for each option; each needs a collider to be pointed at.")]
        private TextMesh[] options = new TextMesh[0];

        private Item item;
        private float shownAt;

        /// <summary>The first attempt at the item: whether right, and after how many seconds.</summary>
        public event Action<bool, double> Answered;

        /// <summary>Whether an item waits for an answer.</summary>
        public bool Asking
        {
            get { return item != null; }
        }

        /// <summary>Fit the panel out; for scenes built by code.</summary>
        public void Furnish(TextMesh question, TextMesh[] options)
        {
            this.question = question;
            this.options = options;
        }

        /// <summary>Ask an item.</summary>
        public void Ask(Item next)
        {
            item = next;
            shownAt = Time.time;
            Write(next.Question, next.Options);
        }

        /// <summary>Show an item with its solution.</summary>
        public void Solve(Item solved)
        {
            item = null;
            Write(solved.Question, new[] { solved.Options[solved.Right] });
        }

        /// <summary>Show words and ask nothing.</summary>
        public void Say(string words)
        {
            item = null;
            Write(words, new string[0]);
        }

        /// <summary>Answer with an option; ignored where nothing is asked or it is not there.</summary>
        public void Choose(int option)
        {
            if (item == null || option < 0 || option >= item.Options.Length)
            {
                return;
            }
            bool right = option == item.Right;
            item = null;
            if (Answered != null)
            {
                Answered(right, Math.Round(Time.time - shownAt, 3));
            }
        }

        /// <summary>The option that a ray points at; -1 for none.</summary>
        public int OptionAt(Ray ray)
        {
            RaycastHit hit;
            if (!Physics.Raycast(ray, out hit, Farthest))
            {
                return -1;
            }
            TextMesh pointed = hit.collider.GetComponent<TextMesh>();
            return pointed == null ? -1 : Array.IndexOf(options, pointed);
        }

        private void Write(string words, string[] lines)
        {
            question.text = words;
            for (int i = 0; i < options.Length; i++)
            {
                options[i].text = i < lines.Length ? lines[i] : "";
            }
        }
    }
}
