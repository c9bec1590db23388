using UnityEngine;
using UnityEngine.InputSystem;

namespace AttentionLearning
{
    /// <summary>
    /// A person in the class: with a headset through UnityEngine.XR, without one through mouse and
    /// keyboard (point and click or 1 to 4 to answer, H for a hint, R to raise the hand).
    /// </summary>
    [AddComponentMenu("Attention Learning/Human Learner")]
    public sealed class HumanLearner : LearnerSignals
    {
        private const double SecondsOfFeedback = 2.0;

        [SerializeField]
        private Camera eyes;

        [SerializeField]
        private ItemPanel panel;

        [SerializeField]
        [Tooltip("Items by concept, as Documentation~ describes; may be missing: nothing is asked.")]
        private TextAsset items;

        [SerializeField]
        [Tooltip("May be missing: then the modality voice is missing.")]
        private VoiceActivity voice;

        [SerializeField]
        [Tooltip("May be missing: then the modality face is missing.")]
        private FaceBlendShapes face;

        private readonly HeadsetDevices headset = new HeadsetDevices();
        private readonly System.Random draws = new System.Random(0);
        private ItemBank bank;
        private Occupation occupation;
        private TaughtConcept concept;
        private int conceptNumber;
        private int itemNumber;
        private int hints;
        private double nextItemIn;
        private bool pulled;

        /// <inheritdoc/>
        public override Vector3 HeadPosition
        {
            get { return eyes.transform.position; }
        }

        /// <inheritdoc/>
        public override bool Present
        {
            get { return isActiveAndEnabled; }
        }

        /// <inheritdoc/>
        public override bool Wearing
        {
            get { return !headset.Connected || headset.Worn; }
        }

        /// <inheritdoc/>
        public override bool HandRaised
        {
            get
            {
                Keyboard keyboard = Keyboard.current;
                return headset.HandAboveHead() || (keyboard != null && keyboard.rKey.isPressed);
            }
        }

        /// <summary>Fit the learner out; for scenes built by code.</summary>
        public void Furnish(Camera eyes, ItemPanel panel, TextAsset items)
        {
            this.eyes = eyes;
            this.panel = panel;
            this.items = items;
        }

        /// <inheritdoc/>
        public override void Occupy(Occupation next, TaughtConcept about, int number)
        {
            bool same = next == occupation && number == conceptNumber;
            occupation = next;
            concept = about;
            conceptNumber = number;
            if (!same || !panel.Asking)
            {
                ShowOccupation();
            }
        }

        /// <inheritdoc/>
        protected override bool TryGaze(out Ray ray)
        {
            Vector3 origin;
            Vector3 fixation;
            if (headset.TryEyes(out origin, out fixation))
            {
                Transform space = eyes.transform.parent;
                Vector3 from = space == null ? origin : space.TransformPoint(origin);
                Vector3 to = space == null ? fixation : space.TransformPoint(fixation);
                ray = new Ray(from, to - from);
                return true;
            }
            Mouse mouse = Mouse.current;
            bool pointing = !headset.Connected && mouse != null;
            ray = pointing ? eyes.ScreenPointToRay(mouse.position.ReadValue()) : Forward();
            return pointing;
        }

        /// <inheritdoc/>
        protected override bool TryHead(out Ray ray)
        {
            ray = Forward();
            return headset.Connected;
        }

        /// <inheritdoc/>
        protected override bool TryVoice(out bool speaking)
        {
            speaking = false;
            return voice != null && voice.TryHear(out speaking);
        }

        /// <inheritdoc/>
        protected override bool TryTouch(out bool active)
        {
            if (headset.TryHands(out active))
            {
                return true;
            }
            Mouse mouse = Mouse.current;
            Keyboard keyboard = Keyboard.current;
            bool moved = mouse != null && mouse.delta.ReadValue().sqrMagnitude > 0f;
            active = moved || (keyboard != null && keyboard.anyKey.isPressed);
            return mouse != null || keyboard != null;
        }

        /// <inheritdoc/>
        protected override bool TryFace(out FaceSigns signs)
        {
            signs = new FaceSigns();
            return face != null && face.TryRead(out signs);
        }

        private void Awake()
        {
            bank = new ItemBank(items == null ? "{}" : items.text);
            panel.Answered += Answer;
        }

        private void OnDestroy()
        {
            panel.Answered -= Answer;
        }

        /// <summary>The person's own hand: what is pressed is seen in frames only.</summary>
        private void Update()
        {
            if (nextItemIn > 0.0)
            {
                nextItemIn -= Time.deltaTime;
                if (nextItemIn <= 0.0)
                {
                    ShowOccupation();
                }
            }
            ReadKeys(Keyboard.current);
            ReadPointer(Mouse.current);
        }

        private void ReadKeys(Keyboard keyboard)
        {
            if (keyboard == null)
            {
                return;
            }
            Key[] keys = { Key.Digit1, Key.Digit2, Key.Digit3, Key.Digit4 };
            for (int option = 0; option < keys.Length; option++)
            {
                if (keyboard[keys[option]].wasPressedThisFrame)
                {
                    panel.Choose(option);
                }
            }
            if (keyboard.hKey.wasPressedThisFrame && panel.Asking)
            {
                hints += 1;
            }
        }

        private void ReadPointer(Mouse mouse)
        {
            bool now = headset.TriggerPulled();
            bool clicked = mouse != null && mouse.leftButton.wasPressedThisFrame;
            Ray ray;
            if ((clicked || (now && !pulled)) && (TryGaze(out ray) || TryHead(out ray)))
            {
                panel.Choose(panel.OptionAt(ray));
            }
            pulled = now;
        }

        private void ShowOccupation()
        {
            nextItemIn = 0.0;
            bool asks = occupation == Occupation.Quiz || occupation >= Occupation.PractiseEasier;
            bool example = occupation == Occupation.WorkedExample;
            itemNumber = concept != null && (asks || example)
                ? bank.Choose(concept.Name, occupation, draws.NextDouble())
                : -1;
            if (itemNumber < 0)
            {
                panel.Say(concept == null ? "" : concept.Name + "\n" + concept.Text);
            }
            else if (example)
            {
                panel.Solve(bank.Find(concept.Name, itemNumber));
            }
            else
            {
                hints = 0;
                panel.Ask(bank.Find(concept.Name, itemNumber));
            }
        }

        private void Answer(bool right, double seconds)
        {
            bool quiz = occupation == Occupation.Quiz;
            Report(new AnswerEvent
            {
                Concept = conceptNumber,
                Item = bank.NumberInCurriculum(concept, itemNumber),
                Correct = right,
                Quiz = quiz,
                Hints = hints,
                Seconds = seconds,
            });
            panel.Say(quiz ? "" : right ? "Right." : "Not yet.");
            nextItemIn = SecondsOfFeedback;
        }

        private Ray Forward()
        {
            return new Ray(eyes.transform.position, eyes.transform.forward);
        }
    }
}
