using System;

namespace AttentionLearning
{
    /// <summary>
    /// What is usual for one learner in one signal: later values are read as standard deviations
    /// from it, which is the unit of the simulated sensors. How people's raw signals spread was not
    /// measured here; the number of values and the limit are assumed.
    /// </summary>
    public sealed class PersonalBaseline
    {
        private const int Needed = 4;
        private const double SmallestSpread = 1e-6;
        private const double Farthest = 4.0;
        private int count;
        private double mean;
        private double squares;

        /// <summary>Whether there are enough values (two minutes of 30 s windows).</summary>
        public bool Known
        {
            get { return count >= Needed; }
        }

        /// <summary>Take a value in, by Welford's method (Technometrics, 1962).</summary>
        public void Add(double value)
        {
            count += 1;
            double change = value - mean;
            mean += change / count;
            squares += change * (value - mean);
        }

        /// <summary>
        /// A value in standard deviations from the usual, at most 4 either way: after some silent
        /// windows any sound is infinitely unusual. 0 until the usual is known.
        /// </summary>
        public double Standardise(double value)
        {
            if (!Known)
            {
                return 0.0;
            }
            double spread = Math.Sqrt(squares / (count - 1));
            double far = (value - mean) / Math.Max(spread, SmallestSpread);
            return Math.Max(-Farthest, Math.Min(Farthest, far));
        }
    }
}
