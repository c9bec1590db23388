namespace AttentionLearning
{
    /// <summary>What a learner really does, after activity and task are combined.</summary>
    public static class Occupations
    {
        /// <summary>The activity where it claims the learner, else the learner's task.</summary>
        public static Occupation Of(Decision decision, LearnerRecord learner, int index)
        {
            if (!learner.Present)
            {
                return Occupation.None;
            }
            switch (decision.Activity)
            {
                case Activity.Present:
                    return Occupation.Present;
                case Activity.Demonstrate:
                    return Occupation.Demonstrate;
                case Activity.Quiz:
                    return Occupation.Quiz;
                case Activity.Peer:
                    return Occupation.Peer;
                case Activity.Rest:
                    return Occupation.Rest;
            }
            if (decision.Activity == Activity.Explain && decision.Target == index + 1)
            {
                return Occupation.Explain;
            }
            return learner.Task == Task.Keep
                ? Occupation.None
                : Occupation.WorkedExample + (learner.Task - Task.WorkedExample);
        }

        /// <summary>Whether the learner is shown how in this occupation.</summary>
        public static bool ShowsHow(Occupation occupation)
        {
            return occupation == Occupation.Present
                || occupation == Occupation.Demonstrate
                || occupation == Occupation.Explain
                || occupation == Occupation.WorkedExample;
        }
    }
}
