using System;

namespace AttentionLearning
{
    /// <summary>
    /// Running sums of one channel's readings since the last decision, a reading every 30 s; the
    /// same sums as envs/sensors.py.
    /// </summary>
    public sealed class SensorWindows
    {
        private double count;
        private double total;
        private double squares;
        private double moment;
        private double times;
        private double timesSquared;

        /// <summary>Readings taken.</summary>
        public int Count
        {
            get { return (int)count; }
        }

        /// <summary>Mean of the readings; 0 without any.</summary>
        public double Mean
        {
            get { return count > 0.0 ? total / count : 0.0; }
        }

        /// <summary>Standard deviation of the readings; 0 without any.</summary>
        public double Spread
        {
            get
            {
                double mean = Mean;
                return count > 0.0 ? Math.Sqrt(Math.Max(0.0, squares / count - mean * mean)) : 0.0;
            }
        }

        /// <summary>Slope by least squares, per window; 0 with fewer than two readings.</summary>
        public double Trend
        {
            get
            {
                double variance = count > 0.0 ? timesSquared - times * times / count : 0.0;
                return variance > 0.0 ? (moment - times * Mean) / variance : 0.0;
            }
        }

        /// <summary>Take one reading.</summary>
        /// <param name="window">Windows since the last decision, from 0.</param>
        /// <param name="reading">In noise standard deviations.</param>
        public void Add(int window, double reading)
        {
            count += 1.0;
            total += reading;
            squares += reading * reading;
            moment += window * reading;
            times += window;
            timesSquared += (double)window * window;
        }

        /// <summary>Start the sums of a new decision.</summary>
        public void Forget()
        {
            count = total = squares = moment = times = timesSquared = 0.0;
        }
    }
}
