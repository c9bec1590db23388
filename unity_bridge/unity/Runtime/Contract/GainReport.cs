using System;

namespace AttentionLearning
{
    /// <summary>Every learner's gain in the decision being played, where somebody knows it.</summary>
    public sealed class GainReport
    {
        private readonly float[] gains;

        /// <summary>Start without any gain.</summary>
        public GainReport(int learners)
        {
            gains = new float[learners];
        }

        /// <summary>Add to a learner's gain.</summary>
        public void Add(int learner, float gain)
        {
            gains[learner] += gain;
        }

        /// <summary>Forget the gains of the decision before.</summary>
        public void Forget()
        {
            Array.Clear(gains, 0, gains.Length);
        }

        /// <summary>Write the field `outcome`: minutes, learning gain and every learner's.</summary>
        public void Write(float[] outcome, double minutes)
        {
            Array.Clear(outcome, 0, outcome.Length);
            outcome[0] = (float)minutes;
            int first = outcome.Length - 2 * gains.Length;
            for (int i = 0; i < gains.Length; i++)
            {
                outcome[1] += gains[i];
                outcome[first + i] = gains[i];
            }
        }
    }
}
