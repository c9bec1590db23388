using System;

namespace AttentionLearning
{
    /// <summary>What the tutor's books say of one learner on one concept, from events only.</summary>
    public sealed class ConceptEvidence
    {
        private int attempts;
        private int successes;
        private int quizzed;
        private double lastResult;
        private double lastHours = -1.0;
        private double taughtMinutes;

        /// <summary>Book an answer.</summary>
        public void Add(AnswerEvent answer)
        {
            attempts += 1;
            successes += answer.Correct ? 1 : 0;
            quizzed += answer.Quiz ? 1 : 0;
            lastResult = answer.Correct ? 1.0 : -1.0;
            lastHours = answer.Time / 3600.0;
        }

        /// <summary>Book that the learner was occupied with the concept until now.</summary>
        /// <param name="hours">Course clock.</param>
        /// <param name="minutes">In which the learner was shown how; 0 for other occupations.</param>
        public void Occupied(double hours, double minutes)
        {
            lastHours = hours;
            taughtMinutes += minutes;
        }

        /// <summary>Write one row of the field `evidence`.</summary>
        /// <param name="field">All rows.</param>
        /// <param name="start">First number of this row.</param>
        /// <param name="hours">Course clock.</param>
        /// <param name="workingOn">Whether the learner's task is about the concept.</param>
        public void Write(float[] field, int start, double hours, bool workingOn)
        {
            double since = Math.Max(0.0, hours - lastHours);
            field[start] = (float)Logarithm.OnePlus(attempts);
            field[start + 1] = (float)Logarithm.OnePlus(successes);
            field[start + 2] = (float)lastResult;
            field[start + 3] = lastHours >= 0.0 ? (float)Logarithm.OnePlus(since) : -1f;
            field[start + 4] = (float)(quizzed / Math.Max(1.0, attempts));
            field[start + 5] = workingOn ? 1f : 0f;
            field[start + 6] = (float)Logarithm.OnePlus(taughtMinutes);
        }
    }
}
