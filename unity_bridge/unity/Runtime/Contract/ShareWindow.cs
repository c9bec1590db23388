namespace AttentionLearning
{
    /// <summary>The share of a 30 s window in which something held, weighted by time.</summary>
    public sealed class ShareWindow
    {
        private double held;
        private double seconds;

        /// <summary>Whether it was looked at for at least half a second.</summary>
        public bool Any
        {
            get { return seconds >= 0.5; }
        }

        /// <summary>The share in [0, 1]; 0 where it was not looked at.</summary>
        public double Share
        {
            get { return seconds > 0.0 ? held / seconds : 0.0; }
        }

        /// <summary>Look once.</summary>
        /// <param name="holds">Whether it holds now.</param>
        /// <param name="lasting">Seconds since the last look.</param>
        public void Add(bool holds, double lasting)
        {
            held += holds ? lasting : 0.0;
            seconds += lasting;
        }

        /// <summary>
        /// The share as a reading: the usual share is 0, and attending all the time against not at
        /// all differs by the sensor's shift, as in the simulation.
        /// </summary>
        /// <param name="shift">One of the shifts of <see cref="ClassroomLayout"/>.</param>
        public double Reading(double shift)
        {
            return shift * (Share - ClassroomLayout.UsualShare);
        }

        /// <summary>Start a new window.</summary>
        public void Forget()
        {
            held = seconds = 0.0;
        }
    }
}
