using System;
using NUnit.Framework;

namespace AttentionLearning.Tests
{
    /// <summary>The tutor's books over a course.</summary>
    public sealed class ClassroomRecordTests
    {
        /// <summary>The stand-in tutor teaches whole courses without an illegal decision.</summary>
        [Test]
        public void ACourseEndsAfterItsLessons()
        {
            ClassroomRecord record = Open(2);
            int steps = 0;
            int[] branches = new int[7];
            for (int decision = 0; !record.Clock.CourseOver; decision++)
            {
                StandInTutor.Choose(branches, record.Observation, decision);
                record.Begin(new Decision(branches));
                do
                {
                    steps += 1;
                }
                while (!record.Tick());
                Assert.IsNull(record.Observation.FirstFault());
            }
            Assert.AreEqual(2 * 10, steps);
            Assert.AreEqual(0f, record.Observation["course"][1]);
        }

        /// <summary>What Python sets during a course holds from the next on.</summary>
        [Test]
        public void ACourseThatRunsKeepsItsLength()
        {
            Course course = new Course { Learners = 2, Concepts = 3, Lessons = 2, Minutes = 5 };
            ClassroomRecord record = new ClassroomRecord(course, Curriculum.Unknown(3));
            course.Lessons = 1;
            record.Begin(Quiz());
            while (!record.Tick())
            {
            }
            Assert.AreEqual(1.0 - 6.0 / 20.0, record.Observation["course"][1], 1e-6);
        }

        /// <summary>Half a decision cannot be replaced.</summary>
        [Test]
        public void ADecisionIsPlayedToItsEnd()
        {
            ClassroomRecord record = Open(1);
            record.Begin(Quiz());
            Assert.IsFalse(record.Tick());
            Assert.Throws<InvalidOperationException>(() => record.Begin(Quiz()));
        }

        /// <summary>An answer is evidence.</summary>
        [Test]
        public void AnAnswerShowsInTheEvidence()
        {
            ClassroomRecord record = Open(1);
            record.Begin(Quiz());
            record.Learner(1).Add(new AnswerEvent
            {
                Learner = 1, Concept = 2, Correct = true, Quiz = true, Seconds = 20, Time = 25,
            });
            while (!record.Tick())
            {
            }
            int row = (1 * 3 + 2) * 7;
            float[] evidence = record.Observation["evidence"];
            Assert.AreEqual(Math.Log(2.0), evidence[row], 1e-6);
            Assert.AreEqual(1f, evidence[row + 2]);
            Assert.AreEqual(1f, evidence[row + 4]);
            Assert.AreEqual(0f, evidence[row - 7]);
        }

        /// <summary>A click at once is an answer too.</summary>
        [Test]
        public void AnAnswerInNoTimeIsObservedAsTheQuickest()
        {
            ClassroomRecord record = Open(1);
            record.Begin(Quiz());
            record.Learner(0).Add(new AnswerEvent { Concept = 2, Seconds = 0.0 });
            while (!record.Tick())
            {
            }
            Assert.IsNull(record.Observation.FirstFault());
        }

        /// <summary>Numbers that the wire must not carry are named.</summary>
        [Test]
        public void ANumberThatIsNotFiniteIsNamed()
        {
            Observation observation = Open(1).Observation;
            observation["gaze"][3] = float.NaN;
            StringAssert.Contains("gaze[3] is NaN", observation.FirstFault());
        }

        private static Decision Quiz()
        {
            return new Decision(new[] { (int)Activity.Quiz, 0, 2, 0, 0, 0, 0 });
        }

        private static ClassroomRecord Open(int lessons)
        {
            Course course = new Course
            {
                Learners = 2, Concepts = 3, Lessons = lessons, Minutes = 5,
            };
            return new ClassroomRecord(course, Curriculum.Unknown(3));
        }
    }
}
