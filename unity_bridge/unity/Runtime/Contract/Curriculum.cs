using System;
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>
    /// What is taught. Unity knows names, depth and prerequisites; the other features of the field
    /// `concepts` stay 0, and Python, whose curriculum it is, fills them in.
    /// </summary>
    public sealed class Curriculum
    {
        /// <summary>Take the concepts that Python sent.</summary>
        /// <exception cref="ArgumentException">A prerequisite is not one of them.</exception>
        public Curriculum(TaughtConcept[] concepts)
        {
            Concepts = concepts;
            Depths = Array.ConvertAll(concepts, concept => concept.Depth);
            foreach (TaughtConcept concept in concepts)
            {
                foreach (int first in concept.Prerequisites)
                {
                    if (first < 0 || first >= concepts.Length)
                    {
                        throw new ArgumentException(
                            "prerequisite of " + concept.Name + " is " + first
                            + "; expected 0 to " + (concepts.Length - 1));
                    }
                }
            }
        }

        /// <summary>The concepts, in the order of the wire.</summary>
        public TaughtConcept[] Concepts { get; }

        /// <summary>Depth of each concept in the graph of prerequisites, in [0, 1].</summary>
        public double[] Depths { get; }

        /// <summary>Number of concepts.</summary>
        public int Size
        {
            get { return Concepts.Length; }
        }

        /// <summary>A curriculum of unrelated concepts, until Python sends the real one.</summary>
        public static Curriculum Unknown(int size)
        {
            List<TaughtConcept> concepts = new List<TaughtConcept>();
            for (int c = 0; c < size; c++)
            {
                concepts.Add(new TaughtConcept("concept " + (c + 1)));
            }
            return new Curriculum(concepts.ToArray());
        }

        /// <summary>Write the fields `concepts` and `prerequisites`.</summary>
        public void Write(Observation observation)
        {
            ClassroomField features = ClassroomLayout.Field("concepts");
            int width = features.Columns.Length;
            float[] concepts = observation["concepts"];
            float[] prerequisites = observation["prerequisites"];
            for (int c = 0; c < Size; c++)
            {
                concepts[c * width + features.Column("depth")] = (float)Depths[c];
                concepts[c * width + features.Column("in_degree")] = Concepts[c].Prerequisites.Length;
                foreach (int first in Concepts[c].Prerequisites)
                {
                    prerequisites[first * Size + c] = 1f;
                    concepts[first * width + features.Column("out_degree")] += 1f;
                }
            }
        }
    }
}
