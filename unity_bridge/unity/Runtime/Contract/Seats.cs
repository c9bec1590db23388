namespace AttentionLearning
{
    /// <summary>Who sits beside whom, in rows of desks filled from the front left.</summary>
    public static class Seats
    {
        /// <summary>Write the field `seats`: 1 for the two beside, less for the one in front.</summary>
        public static void Write(float[] field, int learners, int columns)
        {
            for (int i = 0; i < learners; i++)
            {
                if (i % columns > 0)
                {
                    field[i * learners + i - 1] = 1f;
                    field[(i - 1) * learners + i] = 1f;
                }
                if (i >= columns)
                {
                    field[i * learners + i - columns] = (float)ClassroomLayout.SeatBehind;
                }
            }
        }
    }
}
