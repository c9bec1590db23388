using System.Collections.Generic;
using Unity.MLAgents.Sensors;
using UnityEngine;

namespace AttentionLearning
{
    /// <summary>Gives the agent one sensor for every field of the contract.</summary>
    [AddComponentMenu("Attention Learning/Classroom Sensors")]
    public sealed class ClassroomSensors : SensorComponent
    {
        /// <inheritdoc/>
        public override ISensor[] CreateSensors()
        {
            ClassroomAgent agent = GetComponent<ClassroomAgent>();
            List<ISensor> sensors = new List<ISensor>();
            foreach (ClassroomField field in ClassroomLayout.Fields)
            {
                sensors.Add(new FieldSensor(agent, field));
            }
            return sensors.ToArray();
        }
    }
}
