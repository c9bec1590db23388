using System;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// What can be seen of one learner: where they look, how they sit, whether they speak, what
    /// they answer. A simulated learner and a person are two sources of the same signals.
    /// </summary>
    public abstract class LearnerSignals : MonoBehaviour
    {
        private readonly ShareWindow gaze = new ShareWindow();
        private readonly ShareWindow head = new ShareWindow();
        private readonly SpreadWindow headPose = new SpreadWindow();
        private readonly PersonalBaseline usualSway = new PersonalBaseline();
        private readonly ShareWindow voice = new ShareWindow();
        private readonly PersonalBaseline usualVoice = new PersonalBaseline();
        private readonly ShareWindow touch = new ShareWindow();
        private readonly PersonalBaseline usualTouch = new PersonalBaseline();
        private readonly FaceWindow face = new FaceWindow();

        /// <summary>The learner answered an item.</summary>
        public event Action<AnswerEvent> Answered;

        /// <summary>Where the learner's eyes are.</summary>
        public abstract Vector3 HeadPosition { get; }

        /// <summary>Whether the learner is there at all.</summary>
        public abstract bool Present { get; }

        /// <summary>Whether a headset is on, or none is needed.</summary>
        public abstract bool Wearing { get; }

        /// <summary>Whether the hand is raised now.</summary>
        public abstract bool HandRaised { get; }

        /// <summary>
        /// Whether what the learner looks at belongs to the lesson, as last sampled; by the head
        /// where nothing tracks the eyes.
        /// </summary>
        public bool LooksAtLesson { get; private set; }

        /// <summary>Set the learner to do something from now on.</summary>
        /// <param name="occupation">What.</param>
        /// <param name="concept">On what; null for nothing.</param>
        /// <param name="number">Number of the concept; -1 for none.</param>
        public abstract void Occupy(Occupation occupation, TaughtConcept concept, int number);

        /// <summary>Look once at all signals.</summary>
        /// <param name="seconds">Since the last look.</param>
        public void Sample(float seconds)
        {
            Ray ray;
            RaycastHit hit;
            bool eyes = TryGaze(out ray);
            if (eyes)
            {
                LooksAtLesson = LessonTarget.IsHit(ray, out hit);
                gaze.Add(LooksAtLesson, seconds);
            }
            if (TryHead(out ray))
            {
                bool faces = LessonTarget.IsHit(ray, out hit);
                LooksAtLesson = eyes ? LooksAtLesson : faces;
                head.Add(faces, seconds);
                headPose.Add(ray.origin.x, ray.origin.y, ray.origin.z);
            }
            bool on;
            if (TryVoice(out on))
            {
                voice.Add(on, seconds);
            }
            if (TryTouch(out on))
            {
                touch.Add(on, seconds);
            }
            FaceSigns signs;
            if (TryFace(out signs))
            {
                face.Add(signs);
            }
        }

        /// <summary>Give what one window of 30 s says to the books, and start the next.</summary>
        /// <param name="record">The learner's books.</param>
        /// <param name="window">Windows since the last decision, from 0.</param>
        public void CloseWindow(LearnerRecord record, int window)
        {
            if (gaze.Any)
            {
                record.Sense("gaze", window, new[] { gaze.Reading(ClassroomLayout.GazeShift) });
            }
            if (head.Any && headPose.Any)
            {
                double sway = Read(usualSway, headPose.Spread);
                double attention = head.Reading(ClassroomLayout.HeadShift);
                record.Sense("head", window, new[] { attention, sway });
            }
            if (face.Any)
            {
                record.Sense("face", window, face.Readings());
            }
            if (voice.Any)
            {
                double spoken = Read(usualVoice, voice.Share);
                record.Sense("voice", window, new[] { spoken, 0.0 });
            }
            if (touch.Any)
            {
                record.Sense("touch", window, new[] { Read(usualTouch, touch.Share) });
            }
            Forget();
        }

        /// <summary>Where the eyes look; false where they are not tracked.</summary>
        protected abstract bool TryGaze(out Ray ray);

        /// <summary>Where the head points; false where it is not tracked.</summary>
        protected abstract bool TryHead(out Ray ray);

        /// <summary>Whether the learner speaks; false where there is no microphone.</summary>
        protected abstract bool TryVoice(out bool speaking);

        /// <summary>Whether hands, controllers or mouse move; false where none is there.</summary>
        protected abstract bool TryTouch(out bool active);

        /// <summary>The face; false where it is not tracked.</summary>
        protected abstract bool TryFace(out FaceSigns signs);

        /// <summary>Report an answer.</summary>
        protected void Report(AnswerEvent answer)
        {
            if (Answered != null)
            {
                Answered(answer);
            }
        }

        private static double Read(PersonalBaseline usual, double value)
        {
            double reading = usual.Standardise(value);
            usual.Add(value);
            return reading;
        }

        private void Forget()
        {
            gaze.Forget();
            head.Forget();
            headPose.Forget();
            voice.Forget();
            touch.Forget();
            face.Forget();
        }
    }
}
