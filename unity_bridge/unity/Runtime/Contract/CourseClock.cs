using System;

namespace AttentionLearning
{
    /// <summary>Where the class is in its course, in steps of 30 s.</summary>
    public sealed class CourseClock
    {
        private readonly Course course;
        private int lesson;
        private int step;

        /// <summary>Start at the first minute of the first lesson.</summary>
        public CourseClock(Course course)
        {
            this.course = course;
        }

        /// <summary>Steps of the last decision.</summary>
        public int LastSteps { get; set; }

        /// <summary>Lesson, from 0.</summary>
        public int Lesson
        {
            get { return lesson; }
        }

        /// <summary>Whether the lesson's time is over; <see cref="CloseLesson"/> comes next.</summary>
        public bool LessonOver
        {
            get { return step >= course.StepsPerLesson; }
        }

        /// <summary>Whether the last lesson is over.</summary>
        public bool CourseOver
        {
            get { return lesson >= course.Lessons; }
        }

        /// <summary>Hours since the course began, gaps between lessons included.</summary>
        public double Hours
        {
            get
            {
                double now = lesson * course.HoursBetweenStarts
                    + step / (3600.0 / ClassroomLayout.StepSeconds);
                return Math.Min(now, course.EndHours);
            }
        }

        /// <summary>Steps that an activity takes if it starts now: the lesson may cut it short.</summary>
        public int StepsOf(Activity activity)
        {
            int own = (int)(ClassroomLayout.Minutes[(int)activity] * 60.0)
                / ClassroomLayout.StepSeconds;
            return Math.Min(own, course.StepsPerLesson - step);
        }

        /// <summary>Let 30 s pass.</summary>
        public void Tick()
        {
            step += 1;
        }

        /// <summary>Go on to the next lesson.</summary>
        public void CloseLesson()
        {
            lesson += 1;
            step = 0;
        }

        /// <summary>Write the field `course`.</summary>
        public void Write(float[] field)
        {
            int done = lesson * course.StepsPerLesson + step;
            int total = course.Lessons * course.StepsPerLesson;
            Array.Clear(field, 0, field.Length);
            field[0] = CourseOver ? 0f : (float)(1.0 - (double)step / course.StepsPerLesson);
            field[1] = (float)(1.0 - (double)done / total);
            field[2] = (float)Logarithm.OnePlus((course.TestHours - Hours) / 24.0);
            field[3] = (float)(LastSteps * ClassroomLayout.StepMinutes);
            int scene = Array.IndexOf(ClassroomLayout.Scenes, course.Scene);
            field[field.Length - ClassroomLayout.Scenes.Length + scene] = 1f;
        }
    }
}
