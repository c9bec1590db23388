using System;
using System.Collections.Generic;

namespace AttentionLearning.Wire
{
    /// <summary>Plays a course that Python simulated, from its decisions and events alone.</summary>
    public static class CoursePlay
    {
        private static readonly string[] Booked =
        {
            "course", "behaviour", "evidence", "concepts", "prerequisites", "seats",
            "activity_mask", "target_mask", "concept_mask", "task_mask", "task_concept_mask",
            "learner_present", "concept_present",
        };

        /// <summary>The observation after the start and after every decision, by field.</summary>
        public static JsonValue Play(JsonValue question)
        {
            Course course = new Course
            {
                Learners = question.Integer("learners"),
                Concepts = question.Integer("concepts"),
                Lessons = question.Integer("lessons"),
                Minutes = question.Integer("minutes"),
                GapDays = question.Number("gap_days"),
                RetentionDays = question.Number("retention_days"),
                Scene = question.Text("scene"),
            };
            CurriculumMessage taught = new CurriculumMessage(question.Find("curriculum"));
            ClassroomRecord record = new ClassroomRecord(course, new Curriculum(taught.Concepts));
            List<JsonValue> observations = new List<JsonValue> { Fields(record.Observation) };
            foreach (JsonValue decision in question.Items("decisions"))
            {
                Play(record, decision);
                observations.Add(Fields(record.Observation));
            }
            return JsonValue.List(observations);
        }

        /// <summary>A decision from a list of its branches.</summary>
        public static Decision DecisionOf(JsonValue action)
        {
            double[] branches = JsonValue.Map().With("action", action).Numbers("action");
            return new Decision(Array.ConvertAll(branches, choice => (int)choice));
        }

        private static void Play(ClassroomRecord record, JsonValue decision)
        {
            record.Begin(DecisionOf(decision.Find("action")));
            foreach (JsonValue answer in decision.Items("answers"))
            {
                AnswerEvent happened = new AnswerMessage(answer).Answer;
                record.Learner(happened.Learner).Add(happened);
            }
            double[] hands = decision.Numbers("hands");
            for (int i = 0; i < hands.Length; i++)
            {
                record.Learner(i).HandRaised = hands[i] > 0.0;
            }
            double[] leaving = decision.Numbers("leaving");
            do
            {
                for (int i = 0; i < leaving.Length; i++)
                {
                    if (leaving[i] == record.Window)
                    {
                        record.Learner(i).Leave();
                    }
                }
            }
            while (!record.Tick());
        }

        private static JsonValue Fields(Observation observation)
        {
            JsonValue fields = JsonValue.Map();
            foreach (string name in Booked)
            {
                fields.With(name, WireProgram.Hex(observation[name]));
            }
            return fields;
        }
    }
}
