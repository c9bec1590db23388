using System;
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>What has been observed of one learner: work, answers, signals.</summary>
    public sealed class LearnerRecord
    {
        private readonly ConceptEvidence[] evidence;
        private readonly List<double> seconds = new List<double>();
        private readonly Dictionary<string, SensorWindows[]> windows =
            new Dictionary<string, SensorWindows[]>();
        private double minutesOnConcept;
        private double minutesSinceCue = ClassroomLayout.UncuedMinutes;
        private int hints;
        private bool leaving;

        /// <summary>Start the record of a learner who has done nothing yet.</summary>
        public LearnerRecord(int concepts)
        {
            evidence = new ConceptEvidence[concepts];
            for (int c = 0; c < concepts; c++)
            {
                evidence[c] = new ConceptEvidence();
            }
            foreach (KeyValuePair<string, string[]> modality in ClassroomLayout.Channels)
            {
                SensorWindows[] own = new SensorWindows[modality.Value.Length];
                for (int h = 0; h < own.Length; h++)
                {
                    own[h] = new SensorWindows();
                }
                windows[modality.Key] = own;
            }
            StartLesson();
        }

        /// <summary>Whether the learner is there.</summary>
        public bool Present { get; private set; }

        /// <summary>The learner's task; Keep where there is none.</summary>
        public Task Task { get; private set; }

        /// <summary>Concept of the task.</summary>
        public int Concept { get; private set; }

        /// <summary>Whether the headset is on, or at rest was until now.</summary>
        public bool HeadsetOn { get; private set; }

        /// <summary>Whether the learner took the headset off without being told to.</summary>
        public bool TookOff { get; set; }

        /// <summary>Whether the hand was raised since the last decision.</summary>
        public bool HandRaised { get; set; }

        /// <summary>Sit down for a lesson: no task, no cue yet.</summary>
        public void StartLesson()
        {
            Present = true;
            leaving = false;
            HeadsetOn = !TookOff;
            HandRaised = false;
            Task = Task.Keep;
            Concept = 0;
            minutesOnConcept = 0.0;
            minutesSinceCue = ClassroomLayout.UncuedMinutes;
            hints = 0;
        }

        /// <summary>Forget the signals and answers before a new decision.</summary>
        public void StartDecision()
        {
            hints = 0;
            HandRaised = false;
            seconds.Clear();
            foreach (SensorWindows[] channels in windows.Values)
            {
                foreach (SensorWindows channel in channels)
                {
                    channel.Forget();
                }
            }
        }

        /// <summary>Follow the plan; Keep leaves the task as it is.</summary>
        public void Assign(Task task, int concept)
        {
            if (task == Task.Keep)
            {
                return;
            }
            if (task != Task || concept != Concept)
            {
                minutesOnConcept = 0.0;
            }
            Task = task;
            Concept = concept;
        }

        /// <summary>Be cued by the tutor.</summary>
        public void Cue()
        {
            minutesSinceCue = 0.0;
        }

        /// <summary>Leave the lesson when the present 30 s are over.</summary>
        public void Leave()
        {
            leaving = true;
        }

        /// <summary>Let 30 s pass in an occupation.</summary>
        public void Tick(Occupation occupation)
        {
            minutesSinceCue += ClassroomLayout.StepMinutes;
            if (occupation >= Occupation.WorkedExample)
            {
                minutesOnConcept += ClassroomLayout.StepMinutes;
            }
            HeadsetOn = occupation != Occupation.Rest && !TookOff;
            if (leaving)
            {
                Present = false;
                HeadsetOn = false;
                Task = Task.Keep;
            }
        }

        /// <summary>Put the headset on again when a decision ends.</summary>
        public void EndDecision()
        {
            HeadsetOn = Present && !TookOff;
        }

        /// <summary>Book an answer.</summary>
        public void Add(AnswerEvent answer)
        {
            evidence[answer.Concept].Add(answer);
            seconds.Add(answer.Seconds);
            hints += answer.Hints;
        }

        /// <summary>Book an occupation with a concept.</summary>
        public void Occupied(int concept, double hours, double taughtMinutes)
        {
            evidence[concept].Occupied(hours, taughtMinutes);
        }

        /// <summary>Take the readings of one modality; a missing modality is simply not read.</summary>
        /// <param name="modality">One of <see cref="ClassroomLayout.Channels"/>.</param>
        /// <param name="window">Windows since the last decision, from 0.</param>
        /// <param name="readings">One for each channel, in noise standard deviations.</param>
        public void Sense(string modality, int window, double[] readings)
        {
            SensorWindows[] own = windows[modality];
            for (int h = 0; h < own.Length; h++)
            {
                own[h].Add(window, readings[h]);
            }
        }

        /// <summary>Windows of the decision in which each modality was read, in the order of
        /// <see cref="ClassroomLayout.Channels"/>.</summary>
        public int[] WindowCounts()
        {
            List<int> counts = new List<int>();
            foreach (KeyValuePair<string, string[]> modality in ClassroomLayout.Channels)
            {
                counts.Add(windows[modality.Key][0].Count);
            }
            return counts.ToArray();
        }

        /// <summary>Write this learner's rows of the observation.</summary>
        /// <param name="observation">Written in place.</param>
        /// <param name="row">Which learner this is.</param>
        /// <param name="hours">Course clock.</param>
        /// <param name="depths">Depth of each concept in the curriculum, in [0, 1].</param>
        public void Write(Observation observation, int row, double hours, double[] depths)
        {
            foreach (KeyValuePair<string, SensorWindows[]> modality in windows)
            {
                WriteModality(observation[modality.Key], row, modality.Value);
            }
            WriteBehaviour(observation["behaviour"], row, depths);
            float[] field = observation["evidence"];
            int width = field.Length / (observation.Learners * observation.Concepts);
            for (int c = 0; c < evidence.Length; c++)
            {
                bool workingOn = Task != Task.Keep && Concept == c;
                evidence[c].Write(field, (row * evidence.Length + c) * width, hours, workingOn);
            }
        }

        private static void WriteModality(float[] field, int row, SensorWindows[] channels)
        {
            int width = 3 * channels.Length + 1;
            int start = row * width;
            for (int h = 0; h < channels.Length; h++)
            {
                field[start + 3 * h] = (float)channels[h].Mean;
                field[start + 3 * h + 1] = (float)channels[h].Spread;
                field[start + 3 * h + 2] = (float)channels[h].Trend;
            }
            field[start + width - 1] = channels[0].Count > 0 ? 1f : 0f;
        }

        private void WriteBehaviour(float[] field, int row, double[] depths)
        {
            int start = row * (ClassroomLayout.Tasks + 7);
            for (int task = 0; task < ClassroomLayout.Tasks; task++)
            {
                field[start + task] = task == (int)Task ? 1f : 0f;
            }
            start += ClassroomLayout.Tasks;
            field[start] = Task != Task.Keep ? (float)depths[Concept] : 0f;
            field[start + 1] = (float)(minutesOnConcept / ClassroomLayout.MinutesScale);
            field[start + 2] = (float)Speed();
            field[start + 3] = hints;
            field[start + 4] = HandRaised ? 1f : 0f;
            field[start + 5] = HeadsetOn ? 1f : 0f;
            field[start + 6] = (float)(minutesSinceCue / ClassroomLayout.MinutesScale);
        }

        /// <summary>
        /// Mean over the answers of how much quicker than usual, in log-normal sds; times are cut
        /// off where the simulation's are, so that a click at once is no infinity.
        /// </summary>
        private double Speed()
        {
            double speed = 0.0;
            foreach (double answered in seconds)
            {
                double least = Math.Max(answered, ClassroomLayout.QuickestSeconds);
                double time = Math.Min(least, ClassroomLayout.SlowestSeconds);
                speed += (ClassroomLayout.SecondsLogMean - Math.Log(time))
                    / ClassroomLayout.SecondsLogSd / seconds.Count;
            }
            return speed;
        }
    }
}
