namespace AttentionLearning
{
    /// <summary>
    /// The face over a 30 s window, against the learner's own usual: attention from open eyes,
    /// discomfort from lowered brows and a frown. Lowered brows go with confusion (Craig et al.
    /// 2008, "Emote aloud during learning with AutoTutor"); the other signs and all weights are
    /// assumed.
    /// </summary>
    public sealed class FaceWindow
    {
        private readonly PersonalBaseline usualEyes = new PersonalBaseline();
        private readonly PersonalBaseline usualStrain = new PersonalBaseline();
        private int count;
        private double eyes;
        private double strain;

        /// <summary>Whether the face was seen.</summary>
        public bool Any
        {
            get { return count > 0; }
        }

        /// <summary>Take one moment in.</summary>
        public void Add(FaceSigns signs)
        {
            count += 1;
            eyes += signs.EyesOpen;
            strain += (signs.BrowLowered + signs.MouthFrown) / 2.0;
        }

        /// <summary>Attention and discomfort, in the learner's own standard deviations.</summary>
        public double[] Readings()
        {
            double open = eyes / count;
            double strained = strain / count;
            double[] readings =
            {
                usualEyes.Standardise(open), usualStrain.Standardise(strained),
            };
            usualEyes.Add(open);
            usualStrain.Add(strained);
            return readings;
        }

        /// <summary>Start a new window; what is usual stays known.</summary>
        public void Forget()
        {
            count = 0;
            eyes = strain = 0.0;
        }
    }
}
