using System.Collections.Generic;
using Unity.MLAgents.Sensors;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Gives the agent one sensor for every field of the contract. The fields of training (outcome,
    /// report) are sent only where a simulation in C# knows them: zeros would pass for a result.
    /// </summary>
    [AddComponentMenu("Attention Learning/Classroom Sensors")]
    public sealed class ClassroomSensors : SensorComponent
    {
        [SerializeField]
        [Tooltip("For simulations in C# that call AddGain and fill in the report.")]
        private bool sendsOutcome;

        /// <inheritdoc/>
        public override ISensor[] CreateSensors()
        {
            ClassroomAgent agent = GetComponent<ClassroomAgent>();
            List<ISensor> sensors = new List<ISensor>();
            foreach (ClassroomField field in ClassroomLayout.Fields)
            {
                bool ofTraining = field.Parts.Length > 0;
                if (sendsOutcome || !ofTraining)
                {
                    sensors.Add(new FieldSensor(agent, field));
                }
            }
            return sensors.ToArray();
        }
    }
}
