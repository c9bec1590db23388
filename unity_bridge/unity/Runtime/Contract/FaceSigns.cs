namespace AttentionLearning
{
    /// <summary>What a tracked face shows in one moment, each from 0 (not at all) to 1.</summary>
    public struct FaceSigns
    {
        /// <summary>Eyes open: closing eyes come with drowsiness.</summary>
        public double EyesOpen;

        /// <summary>Brow lowered: with effort, confusion and frustration.</summary>
        public double BrowLowered;

        /// <summary>Corners of the mouth turned down.</summary>
        public double MouthFrown;
    }
}
