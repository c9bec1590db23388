namespace AttentionLearning
{
    /// <summary>A simulated learner, for the figure that stands for it.</summary>
    public sealed class Puppet
    {
        /// <summary>Read from JSON; there learners count from 1.</summary>
        public Puppet(JsonValue json)
        {
            Learner = json.Integer("learner") - 1;
            Occupation = (Occupation)json.Integer("occupation");
            Concept = json.Integer("concept");
            Attending = json.Truth("attending");
            Affect = (Affect)json.Integer("affect");
            Fatigue = json.Number("fatigue");
            Sickness = json.Number("sickness");
        }

        /// <summary>Who it is, from 0.</summary>
        public int Learner { get; }

        /// <summary>What the learner does.</summary>
        public Occupation Occupation { get; }

        /// <summary>On what; -1 for nothing.</summary>
        public int Concept { get; }

        /// <summary>Whether attention is on it.</summary>
        public bool Attending { get; }

        /// <summary>How the learner feels.</summary>
        public Affect Affect { get; }

        /// <summary>0 to 1.</summary>
        public double Fatigue { get; }

        /// <summary>Simulator sickness, SSQ total score.</summary>
        public double Sickness { get; }

        /// <summary>The puppet as JSON.</summary>
        public JsonValue Json()
        {
            return JsonValue.Map()
                .With("learner", Learner + 1)
                .With("occupation", (int)Occupation)
                .With("concept", Concept)
                .With("attending", Attending)
                .With("affect", (int)Affect)
                .With("fatigue", Fatigue)
                .With("sickness", Sickness);
        }
    }
}
