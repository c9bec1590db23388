using System;
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>The contract's observation of one classroom: a float vector for every field.</summary>
    public sealed class Observation
    {
        private readonly Dictionary<string, float[]> vectors = new Dictionary<string, float[]>();

        /// <summary>Learners in the class.</summary>
        public int Learners { get; }

        /// <summary>Concepts of the curriculum.</summary>
        public int Concepts { get; }

        /// <summary>Allocate every field, all zeros.</summary>
        /// <param name="learners">1 to <see cref="ClassroomLayout.LargestClass"/>.</param>
        /// <param name="concepts">2 to <see cref="ClassroomLayout.LargestCurriculum"/>.</param>
        /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
        public Observation(int learners, int concepts)
        {
            Check("learners", learners, 1, ClassroomLayout.LargestClass);
            Check("concepts", concepts, 2, ClassroomLayout.LargestCurriculum);
            Learners = learners;
            Concepts = concepts;
            foreach (ClassroomField field in ClassroomLayout.Fields)
            {
                vectors[field.Name] = new float[field.Size(learners, concepts)];
            }
        }

        /// <summary>The vector of a field; write into it to change the observation.</summary>
        /// <exception cref="KeyNotFoundException">The contract has no such field.</exception>
        public float[] this[string field]
        {
            get { return vectors[field]; }
        }

        /// <summary>Replace a field's numbers.</summary>
        /// <exception cref="ArgumentException">The field is unknown, or its length differs.</exception>
        public void Set(string field, float[] values)
        {
            float[] own;
            if (!vectors.TryGetValue(field, out own))
            {
                throw new ArgumentException(
                    "field is " + field + "; expected one of the contract's");
            }
            if (values.Length != own.Length)
            {
                throw new ArgumentException(
                    field + " has " + values.Length + " numbers; expected " + own.Length);
            }
            Array.Copy(values, own, own.Length);
        }

        /// <summary>
        /// Name the first number that the wire must not carry (not finite, or beyond the space's
        /// bounds); null where there is none.
        /// </summary>
        public string FirstFault()
        {
            foreach (ClassroomField field in ClassroomLayout.Fields)
            {
                float[] vector = vectors[field.Name];
                float limit = field.Parts.Length > 0 ? float.MaxValue : ClassroomLayout.Limit;
                for (int i = 0; i < vector.Length; i++)
                {
                    // a comparison with NaN is false, so NaN fails too
                    if (!(Math.Abs(vector[i]) <= limit))
                    {
                        return field.Name + "[" + i + "] is " + vector[i] + "; expected a number "
                            + "from -" + limit + " to " + limit;
                    }
                }
            }
            return null;
        }

        private static void Check(string name, int value, int low, int high)
        {
            if (value < low || value > high)
            {
                throw new ArgumentOutOfRangeException(
                    name, name + " is " + value + "; expected " + low + " to " + high);
            }
        }
    }
}
