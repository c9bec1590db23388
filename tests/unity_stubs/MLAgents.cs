// As much of com.unity.ml-agents as the package uses: names, accessibility and types as in the
// public documentation of 2.0 to 4.0 (docs.unity3d.com/Packages/com.unity.ml-agents). Nothing here
// does anything.
using System;
using System.Collections.Generic;
using UnityEngine;

namespace Unity.MLAgents
{
    public class Academy : IDisposable
    {
        protected Academy() { }
        public static bool IsInitialized { get { return false; } }
        public static Academy Instance { get { return null; } }
        public bool IsCommunicatorOn { get { return false; } }
        public event Action<int> AgentPreStep;
        public event Action OnEnvironmentReset;
        public void Dispose() { }
    }

    public class Agent : MonoBehaviour, Actuators.IActionReceiver, Actuators.IHeuristicProvider
    {
        public Actuators.ActionSpec ActionSpec { get { return default(Actuators.ActionSpec); } }
        protected internal virtual void Awake() { }
        protected virtual void OnEnable() { }
        protected virtual void OnDisable() { }
        public void AddReward(float increment) { }
        public float GetCumulativeReward() { return 0f; }
        public void EndEpisode() { }
        public void EpisodeInterrupted() { }
        public void RequestDecision() { }
        public virtual void Initialize() { }
        public virtual void Heuristic(in Actuators.ActionBuffers actionsOut) { }
        public virtual void WriteDiscreteActionMask(Actuators.IDiscreteActionMask actionMask) { }
        public virtual void OnActionReceived(Actuators.ActionBuffers actions) { }
        public virtual void OnEpisodeBegin() { }
    }
}

namespace Unity.MLAgents.Actuators
{
    public struct ActionSpec
    {
        public int[] BranchSizes;
        public static ActionSpec MakeDiscrete(params int[] branchSizes)
        {
            return default(ActionSpec);
        }
    }

    public readonly struct ActionSegment<T> where T : struct
    {
        public readonly int Offset;
        public readonly int Length;
        public ActionSegment(T[] actionArray, int offset, int length)
        {
            Offset = offset;
            Length = length;
        }
        public T this[int index]
        {
            get { return default(T); }
            set { }
        }
    }

    public readonly struct ActionBuffers
    {
        public ActionSegment<int> DiscreteActions { get { return default(ActionSegment<int>); } }
    }

    public interface IDiscreteActionMask
    {
        void SetActionEnabled(int branch, int actionIndex, bool isEnabled);
    }

    public interface IActionReceiver
    {
        ActionSpec ActionSpec { get; }
        void OnActionReceived(ActionBuffers actionBuffers);
        void WriteDiscreteActionMask(IDiscreteActionMask actionMask);
    }

    public interface IHeuristicProvider
    {
        void Heuristic(in ActionBuffers actionBuffersOut);
    }
}

namespace Unity.MLAgents.Policies
{
    public enum BehaviorType
    {
        Default,
        HeuristicOnly,
        InferenceOnly,
    }

    public class BrainParameters
    {
        public int VectorObservationSize = 1;
        public int NumStackedVectorObservations = 1;
        public Actuators.ActionSpec ActionSpec { get; set; }
    }

    public class BehaviorParameters : MonoBehaviour
    {
        public BrainParameters BrainParameters { get; internal set; }
        public BehaviorType BehaviorType { get; set; }
        public string BehaviorName { get; set; }
        public bool UseChildSensors { get; set; }
    }
}

namespace Unity.MLAgents.Sensors
{
    public enum ObservationType
    {
        Default = 0,
        GoalSignal = 1,
    }

    public struct ObservationSpec
    {
        public static ObservationSpec Vector(
            int length, ObservationType obsType = ObservationType.Default)
        {
            return default(ObservationSpec);
        }
    }

    public struct CompressionSpec
    {
        public static CompressionSpec Default()
        {
            return default(CompressionSpec);
        }
    }

    public class ObservationWriter
    {
        public void AddList(IList<float> data, int writeOffset = 0) { }
    }

    public interface ISensor
    {
        ObservationSpec GetObservationSpec();
        int Write(ObservationWriter writer);
        byte[] GetCompressedObservation();
        void Update();
        void Reset();
        CompressionSpec GetCompressionSpec();
        string GetName();
    }

    public abstract class SensorComponent : MonoBehaviour
    {
        public abstract ISensor[] CreateSensors();
    }
}

namespace Unity.MLAgents.SideChannels
{
    public class IncomingMessage : IDisposable
    {
        public IncomingMessage(byte[] data) { }
        public byte[] GetRawBytes() { return null; }
        public void Dispose() { }
    }

    public class OutgoingMessage : IDisposable
    {
        public void SetRawBytes(byte[] data) { }
        public void Dispose() { }
    }

    public abstract class SideChannel
    {
        public Guid ChannelId { get; protected set; }
        protected abstract void OnMessageReceived(IncomingMessage msg);
        protected void QueueMessageToSend(OutgoingMessage msg) { }
    }

    public static class SideChannelManager
    {
        public static void RegisterSideChannel(SideChannel sideChannel) { }
        public static void UnregisterSideChannel(SideChannel sideChannel) { }
    }
}
