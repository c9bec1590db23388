using System;

namespace AttentionLearning
{
    /// <summary>
    /// One line of a session record: a message of the channel as it is, or a decision with its
    /// rows, with the seconds since the session began in front.
    /// </summary>
    public static class SessionLine
    {
        /// <summary>The line of a message.</summary>
        /// <param name="at">Seconds since the session began.</param>
        /// <param name="message">Sent or received.</param>
        public static string Of(double at, ClassroomMessage message)
        {
            JsonValue line = JsonValue.Map().With("at", at);
            message.Json().Entries().ForEach(entry => line.With(entry.Key, entry.Value));
            return JsonWriter.Write(line);
        }

        /// <summary>The line of a decision when it begins.</summary>
        /// <param name="at">Seconds since the session began.</param>
        /// <param name="classroom">Area of the scene, from 0.</param>
        /// <param name="record">The classroom's books.</param>
        public static string Of(double at, int classroom, ClassroomRecord record)
        {
            int[] action = new int[3 + 2 * record.Decision.Learners];
            for (int branch = 0; branch < action.Length; branch++)
            {
                action[branch] = record.Decision[branch];
            }
            JsonValue line = JsonValue.Map()
                .With("at", at)
                .With("type", "decision")
                .With("classroom", classroom)
                .With("lesson", record.Clock.Lesson)
                .With("hours", record.Clock.Hours)
                .With("activity", Word(record.Decision.Activity))
                .With("action", JsonValue.List(action, choice => choice));
            return JsonWriter.Write(line);
        }

        private static string Word(Activity activity)
        {
            return activity.ToString().ToLowerInvariant();
        }
    }
}
