using System;

namespace AttentionLearning
{
    /// <summary>A course of lessons for one class, in the words of envs/course.py.</summary>
    [Serializable]
    public sealed class Course
    {
        /// <summary>Learners in the class.</summary>
        public int Learners = 8;

        /// <summary>Concepts of the curriculum.</summary>
        public int Concepts = 16;

        /// <summary>Lessons in the course.</summary>
        public int Lessons = 6;

        /// <summary>Minutes of one lesson.</summary>
        public int Minutes = 40;

        /// <summary>Days between one lesson and the next.</summary>
        public double GapDays = 2.0;

        /// <summary>Days from the last lesson to the delayed post-test.</summary>
        public double RetentionDays = 14.0;

        /// <summary>Kind of lesson: one of <see cref="ClassroomLayout.Scenes"/>.</summary>
        public string Scene = "classroom";

        /// <summary>Steps of 30 s in one lesson.</summary>
        public int StepsPerLesson
        {
            get { return Minutes * 60 / ClassroomLayout.StepSeconds; }
        }

        /// <summary>Seats in a row of a room about twice as wide as deep.</summary>
        public int Columns
        {
            get { return (int)Math.Ceiling(Math.Sqrt(2.0 * Learners)); }
        }

        /// <summary>Hours from one lesson's start to the next.</summary>
        public double HoursBetweenStarts
        {
            get { return GapDays * 24.0 + Minutes / 60.0; }
        }

        /// <summary>Hours from the start of the course to the end of its last lesson.</summary>
        public double EndHours
        {
            get { return (Lessons - 1) * HoursBetweenStarts + Minutes / 60.0; }
        }

        /// <summary>Hours from the start of the course to the delayed post-test.</summary>
        public double TestHours
        {
            get { return EndHours + RetentionDays * 24.0; }
        }

        /// <summary>Take over what Python sets of a scene.</summary>
        public void Follow(SceneMessage scene)
        {
            Scene = scene.Scene;
            Lessons = scene.Lessons;
            Minutes = scene.Minutes;
            GapDays = scene.GapDays;
            RetentionDays = scene.RetentionDays;
        }

        /// <summary>The same course, which later changes leave as it is.</summary>
        public Course Copy()
        {
            return (Course)MemberwiseClone();
        }

        /// <summary>Name the first setting outside its range; null where there is none.</summary>
        public string FirstFault()
        {
            return Fault("learners", Learners, 1, ClassroomLayout.LargestClass)
                ?? Fault("concepts", Concepts, 2, ClassroomLayout.LargestCurriculum)
                ?? Fault("lessons", Lessons, 1, 60)
                ?? Fault("minutes", Minutes, 5, 180)
                ?? Fault("gap_days", GapDays, 0, 60)
                ?? Fault("retention_days", RetentionDays, 0, 365)
                ?? (Array.IndexOf(ClassroomLayout.Scenes, Scene) >= 0
                    ? null
                    : "course.scene is " + Scene + "; expected one of "
                        + string.Join(", ", ClassroomLayout.Scenes));
        }

        private static string Fault(string name, double value, double low, double high)
        {
            return value >= low && value <= high
                ? null
                : "course." + name + " is " + value + "; expected " + low + " to " + high;
        }
    }
}
