using System;

namespace AttentionLearning
{
    /// <summary>
    /// The tutor's books of one classroom: they turn decisions, events and signals into the
    /// observation, with the rules of envs/observing.py and envs/teaching.py. What knowledge
    /// tracing infers (belief, understanding, prospects) comes from Python.
    /// </summary>
    public sealed class ClassroomRecord
    {
        private readonly Course course;
        private readonly Curriculum curriculum;
        private readonly LearnerRecord[] learners;
        private readonly Occupation[] announced;
        private readonly int[] announcedConcepts;
        private Decision decision;
        private int window;
        private int steps;

        /// <summary>Open the books at the start of a course.</summary>
        public ClassroomRecord(Course course, Curriculum curriculum)
        {
            this.course = course = course.Copy();
            this.curriculum = curriculum;
            Clock = new CourseClock(course);
            Observation = new Observation(course.Learners, curriculum.Size);
            learners = new LearnerRecord[course.Learners];
            announced = new Occupation[course.Learners];
            announcedConcepts = new int[course.Learners];
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i] = new LearnerRecord(curriculum.Size);
            }
            curriculum.Write(Observation);
            Seats.Write(Observation["seats"], course.Learners, course.Columns);
            Write();
        }

        /// <summary>What the tutor sees; written anew when a decision ends.</summary>
        public Observation Observation { get; }

        /// <summary>Where the class is in its course.</summary>
        public CourseClock Clock { get; }

        /// <summary>The decision that is being played, or was last.</summary>
        public Decision Decision
        {
            get { return decision; }
        }

        /// <summary>Whether a decision is being played.</summary>
        public bool Playing
        {
            get { return window < steps; }
        }

        /// <summary>Windows of 30 s since the decision began.</summary>
        public int Window
        {
            get { return window; }
        }

        /// <summary>One learner's record.</summary>
        public LearnerRecord Learner(int index)
        {
            return learners[index];
        }

        /// <summary>Begin to play a decision.</summary>
        /// <exception cref="InvalidOperationException">One is being played, or the course is
        /// over.</exception>
        /// <exception cref="ArgumentException">The masks forbid it; the message names the
        /// rule.</exception>
        public void Begin(Decision next)
        {
            if (Playing || Clock.CourseOver)
            {
                throw new InvalidOperationException(
                    Playing ? "a decision is still being played" : "the course is over");
            }
            string fault = Legality.Explain(Observation, next);
            if (fault != null)
            {
                throw new ArgumentException(fault);
            }
            decision = next;
            window = 0;
            steps = Clock.StepsOf(next.Activity);
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i].Assign(next.TaskOf(i), next.ConceptOf(i));
                learners[i].StartDecision();
                bool addressed = next.Target == 0 || next.Target == i + 1;
                if (next.Activity == Activity.Cue && addressed)
                {
                    learners[i].Cue();
                }
                announced[i] = OccupationOf(i);
                announcedConcepts[i] = ConceptOf(i);
            }
        }

        /// <summary>What a learner does: the activity where it claims them, else their task.</summary>
        public Occupation OccupationOf(int learner)
        {
            return Occupations.Of(decision, learners[learner], learner);
        }

        /// <summary>Concept of a learner's occupation; -1 for none.</summary>
        public int ConceptOf(int learner)
        {
            Occupation occupation = OccupationOf(learner);
            if (occupation >= Occupation.WorkedExample)
            {
                return learners[learner].Concept;
            }
            bool about = occupation != Occupation.None
                && ClassroomLayout.UsesConcept[(int)decision.Activity];
            return about ? decision.Concept : -1;
        }

        /// <summary>Let 30 s pass; true when the decision has been played and another is due.</summary>
        public bool Tick()
        {
            Clock.Tick();
            for (int i = 0; i < learners.Length; i++)
            {
                if (learners[i].Present)
                {
                    learners[i].Tick(OccupationOf(i));
                }
            }
            window += 1;
            if (Playing)
            {
                return false;
            }
            End();
            return true;
        }

        private void End()
        {
            Clock.LastSteps = steps;
            // booked by what was announced: who left half-way was occupied with it too
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i].EndDecision();
                if (announcedConcepts[i] >= 0)
                {
                    bool shown = Occupations.ShowsHow(announced[i]);
                    double minutes = shown ? steps * ClassroomLayout.StepMinutes : 0.0;
                    learners[i].Occupied(announcedConcepts[i], Clock.Hours, minutes);
                }
            }
            if (Clock.LessonOver)
            {
                Clock.CloseLesson();
                if (!Clock.CourseOver)
                {
                    Array.ForEach(learners, learner => learner.StartLesson());
                }
            }
            Write();
        }

        private void Write()
        {
            Clock.Write(Observation["course"]);
            bool[] present = new bool[learners.Length];
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i].Write(Observation, i, Clock.Hours, curriculum.Depths);
                present[i] = learners[i].Present;
            }
            Masks.Write(Observation, present, course.Columns);
        }
    }
}
