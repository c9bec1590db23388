using System;

namespace AttentionLearning
{
    /// <summary>The logarithm that counts and hours are observed in.</summary>
    public static class Logarithm
    {
        /// <summary>
        /// ln(1 + x), exact for small x too, which .NET lacks: theorem 4 of Goldberg, "What every
        /// computer scientist should know about floating-point arithmetic" (1991).
        /// </summary>
        public static double OnePlus(double x)
        {
            double sum = 1.0 + x;
            return sum == 1.0 ? x : Math.Log(sum) * x / (sum - 1.0);
        }
    }
}
