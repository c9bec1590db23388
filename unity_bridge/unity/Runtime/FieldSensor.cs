using Unity.MLAgents.Sensors;

namespace AttentionLearning
{
    /// <summary>Sends one field of the contract as a vector, under the field's name.</summary>
    public sealed class FieldSensor : ISensor
    {
        private readonly ClassroomAgent agent;
        private readonly ClassroomField field;

        /// <summary>Read a field of an agent's observation.</summary>
        public FieldSensor(ClassroomAgent agent, ClassroomField field)
        {
            this.agent = agent;
            this.field = field;
        }

        /// <inheritdoc/>
        public ObservationSpec GetObservationSpec()
        {
            Course course = agent.Course;
            return ObservationSpec.Vector(field.Size(course.Learners, course.Concepts));
        }

        /// <inheritdoc/>
        public int Write(ObservationWriter writer)
        {
            float[] vector = agent.Record.Observation[field.Name];
            writer.AddList(vector);
            return vector.Length;
        }

        /// <inheritdoc/>
        public byte[] GetCompressedObservation()
        {
            return null;
        }

        /// <inheritdoc/>
        public void Update()
        {
        }

        /// <inheritdoc/>
        public void Reset()
        {
        }

        /// <inheritdoc/>
        public CompressionSpec GetCompressionSpec()
        {
            return CompressionSpec.Default();
        }

        /// <inheritdoc/>
        public string GetName()
        {
            return field.Name;
        }
    }
}
