using System;

namespace AttentionLearning
{
    /// <summary>One named vector on the wire, and the array that it stands for, row by row.</summary>
    public sealed class ClassroomField
    {
        /// <summary>Name of the sensor; both sides find fields by it, never by position.</summary>
        public readonly string Name;

        /// <summary>
        /// One letter for each axis: S learners, C concepts, A activities, K tasks, T = S + 1
        /// targets, F features.
        /// </summary>
        public readonly string Axes;

        /// <summary>What the axis of features holds, in order.</summary>
        public readonly string[] Columns;

        /// <summary>What the field holds one after the other, where it is not one array.</summary>
        public readonly ClassroomField[] Parts;

        /// <summary>Describe a field that is one array.</summary>
        public ClassroomField(string name, string axes, params string[] columns)
        {
            Name = name;
            Axes = axes;
            Columns = columns;
            Parts = new ClassroomField[0];
        }

        /// <summary>Describe a field that holds several arrays.</summary>
        public ClassroomField(string name, params ClassroomField[] parts)
        {
            Name = name;
            Axes = "";
            Columns = new string[0];
            Parts = parts;
        }

        /// <summary>Numbers on the wire for a class of this size.</summary>
        public int Size(int learners, int concepts)
        {
            int size = Parts.Length == 0 ? 1 : 0;
            foreach (ClassroomField part in Parts)
            {
                size += part.Size(learners, concepts);
            }
            foreach (char axis in Axes)
            {
                size *= Length(axis, learners, concepts);
            }
            return size;
        }

        /// <summary>Position of a feature in <see cref="Columns"/>.</summary>
        /// <exception cref="ArgumentException">There is no such feature.</exception>
        public int Column(string feature)
        {
            int column = Array.IndexOf(Columns, feature);
            if (column < 0)
            {
                string known = string.Join(", ", Columns);
                throw new ArgumentException(
                    "feature of " + Name + " is " + feature + "; expected one of " + known);
            }
            return column;
        }

        private int Length(char axis, int learners, int concepts)
        {
            switch (axis)
            {
                case 'S':
                    return learners;
                case 'T':
                    return learners + 1;
                case 'C':
                    return concepts;
                case 'A':
                    return ClassroomLayout.Activities;
                case 'K':
                    return ClassroomLayout.Tasks;
                case 'F':
                    return Columns.Length;
                default:
                    throw new InvalidOperationException(
                        "axis of " + Name + " is " + axis + "; expected one of S, T, C, A, K, F");
            }
        }
    }
}
