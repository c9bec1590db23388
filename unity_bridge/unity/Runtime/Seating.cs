using System;

namespace AttentionLearning
{
    /// <summary>The learners of a classroom in their seats: all are sampled and set to work.</summary>
    public sealed class Seating : IDisposable
    {
        private readonly LearnerSignals[] learners;
        private readonly Action<AnswerEvent>[] listeners;

        /// <summary>Seat the learners and listen to their answers.</summary>
        public Seating(LearnerSignals[] learners)
        {
            this.learners = learners;
            listeners = new Action<AnswerEvent>[learners.Length];
            for (int i = 0; i < learners.Length; i++)
            {
                int seat = i;
                listeners[i] = answer => Report(seat, answer);
                learners[i].Answered += listeners[i];
            }
        }

        /// <summary>Somebody answered; the learner is filled in.</summary>
        public event Action<AnswerEvent> Answered;

        /// <summary>Name what is wrong with course and seats; null where nothing is.</summary>
        public static string Fault(Course course, LearnerSignals[] learners)
        {
            int empty = Array.FindIndex(learners, one => one == null);
            string fault = course.FirstFault();
            if (fault == null && learners.Length != course.Learners)
            {
                fault = "there are " + learners.Length + " learners; expected " + course.Learners
                    + ", as the course says";
            }
            if (fault == null && empty >= 0)
            {
                fault = "learner " + (empty + 1) + " is empty; expected the seat's Learner Signals";
            }
            return fault;
        }

        /// <summary>Set everybody to what the decision makes of them.</summary>
        public void Occupy(ClassroomRecord record, Curriculum curriculum)
        {
            for (int i = 0; i < learners.Length; i++)
            {
                int about = record.ConceptOf(i);
                TaughtConcept concept = about >= 0 ? curriculum.Concepts[about] : null;
                learners[i].Occupy(record.OccupationOf(i), concept, about);
            }
        }

        /// <summary>Look once at everybody, and let simulated learners answer what is due.</summary>
        /// <param name="record">Where raised hands are noted: one may be up for a moment only.</param>
        /// <param name="seconds">Since the last look.</param>
        /// <param name="time">Seconds since the course began.</param>
        public void Sample(ClassroomRecord record, float seconds, double time)
        {
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i].Sample(seconds);
                record.Learner(i).HandRaised |= learners[i].HandRaised;
                SimulatedLearner figure = learners[i] as SimulatedLearner;
                if (figure != null)
                {
                    figure.AnswerUntil(time);
                }
            }
        }

        /// <summary>Book what the last 30 s showed.</summary>
        public void CloseWindow(ClassroomRecord record)
        {
            for (int i = 0; i < learners.Length; i++)
            {
                LearnerRecord books = record.Learner(i);
                learners[i].CloseWindow(books, record.Window);
                books.TookOff = !learners[i].Wearing;
                if (!learners[i].Present)
                {
                    books.Leave();
                }
            }
        }

        /// <summary>Stop listening.</summary>
        public void Dispose()
        {
            for (int i = 0; i < learners.Length; i++)
            {
                learners[i].Answered -= listeners[i];
            }
        }

        private void Report(int seat, AnswerEvent answer)
        {
            answer.Learner = seat;
            if (Answered != null)
            {
                Answered(answer);
            }
        }
    }
}
