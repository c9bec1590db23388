using System;

namespace AttentionLearning
{
    /// <summary>How far a point in space strays from its mean within a 30 s window.</summary>
    public sealed class SpreadWindow
    {
        private int count;
        private double x;
        private double y;
        private double z;
        private double squares;

        /// <summary>Whether there are two points.</summary>
        public bool Any
        {
            get { return count >= 2; }
        }

        /// <summary>Root mean square distance from the mean, in the unit of the points.</summary>
        public double Spread
        {
            get
            {
                if (count == 0)
                {
                    return 0.0;
                }
                double mean = (x * x + y * y + z * z) / count / count;
                return Math.Sqrt(Math.Max(0.0, squares / count - mean));
            }
        }

        /// <summary>Take a point in.</summary>
        public void Add(double px, double py, double pz)
        {
            count += 1;
            x += px;
            y += py;
            z += pz;
            squares += px * px + py * py + pz * pz;
        }

        /// <summary>Start a new window.</summary>
        public void Forget()
        {
            count = 0;
            x = y = z = squares = 0.0;
        }
    }
}
