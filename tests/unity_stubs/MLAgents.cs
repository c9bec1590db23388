// As much of com.unity.ml-agents as the package uses: names, accessibility and types as in the
// public documentation of 2.0 to 4.0 (docs.unity3d.com/Packages/com.unity.ml-agents). Agents step,
// ask their Heuristic and act in the documented order, so that a scene can be played without Unity;
// there is no connection. `Theatre` is ours: it looks on.
using System;
using System.Collections.Generic;
using UnityEngine;

namespace Unity.MLAgents
{
    public class Academy : IDisposable
    {
        private static Academy instance;
        private readonly List<Agent> agents = new List<Agent>();
        private bool started;
        protected Academy() { }
        public static bool IsInitialized { get { return instance != null; } }
        public static Academy Instance { get { return instance ?? (instance = new Academy()); } }
        public bool IsCommunicatorOn { get { return false; } }
        public event Action<int> AgentPreStep;
        public event Action OnEnvironmentReset;
        public void Dispose() { instance = null; }
        internal void Add(Agent agent) { agents.Add(agent); }
        // Python's reset comes as the answer to what was sent, within the step (RpcCommunicator).
        public void EnvironmentStep()
        {
            if (!started)
            {
                Reset();
            }
            AgentPreStep(0);
            Time.time += Time.fixedDeltaTime;
            agents.ForEach(agent => agent.SendInfo());
            if (Theatre.ResetComes)
            {
                Theatre.ResetComes = false;
                Reset();
            }
            agents.ForEach(agent => agent.Decide());
            agents.ForEach(agent => agent.Act());
        }
        private void Reset()
        {
            started = true;
            OnEnvironmentReset();
            agents.ForEach(agent => agent.ForceReset());
        }
    }

    public class Agent : MonoBehaviour, Actuators.IActionReceiver, Actuators.IHeuristicProvider
    {
        private Sensors.ISensor[] sensors;
        private Theatre mask;
        private bool decisionRequested;
        private bool actionRequested;
        private bool sent;
        private int[] received;
        private float reward;
        public Actuators.ActionSpec ActionSpec { get { return default(Actuators.ActionSpec); } }
        protected internal virtual void Awake() { }
        protected virtual void OnEnable()
        {
            MakeSensors();
            Academy.Instance.Add(this);
        }
        internal void MakeSensors()
        {
            sensors = GetComponent<Sensors.SensorComponent>().CreateSensors();
        }
        protected virtual void OnDisable() { }
        public void AddReward(float increment) { reward += increment; }
        public float GetCumulativeReward() { return reward; }
        public void EndEpisode()
        {
            Theatre.Ended += 1;
            Theatre.Look(sensors, Theatre.Final);
            actionRequested = false;
            decisionRequested = false;
            received = null;
            OnEpisodeBegin();
        }
        public void RequestDecision()
        {
            decisionRequested = true;
            RequestAction();
        }
        public void RequestAction() { actionRequested = true; }
        public virtual void Heuristic(in Actuators.ActionBuffers actionsOut) { }
        public virtual void WriteDiscreteActionMask(Actuators.IDiscreteActionMask actionMask) { }
        public virtual void OnActionReceived(Actuators.ActionBuffers actions) { }
        public virtual void OnEpisodeBegin() { }
        internal void ForceReset()
        {
            sent = false; // nobody answers what was sent before
            OnEpisodeBegin();
        }
        internal void SendInfo()
        {
            if (!decisionRequested)
            {
                return;
            }
            decisionRequested = false;
            sent = true;
            received = null;
            Theatre.Decisions += 1;
            Theatre.Look(sensors, Theatre.Observed);
            mask = new Theatre();
            WriteDiscreteActionMask(mask);
        }
        internal void Decide()
        {
            if (!sent)
            {
                return;
            }
            sent = false;
            received = new int[Branches];
            Actuators.ActionBuffers actions = new Actuators.ActionBuffers(received);
            Heuristic(in actions);
            mask.Check(actions);
        }
        internal void Act()
        {
            if (!actionRequested)
            {
                return;
            }
            actionRequested = false;
            OnActionReceived(new Actuators.ActionBuffers(received ?? new int[Branches]));
        }
        private int Branches
        {
            get
            {
                return GetComponent<Policies.BehaviorParameters>()
                    .BrainParameters.ActionSpec.BranchSizes.Length;
            }
        }
    }

    public class DecisionRequester : MonoBehaviour { }

    /// Not ML-Agents': what a test sees of a play.
    public sealed class Theatre : Actuators.IDiscreteActionMask
    {
        public static readonly Dictionary<string, float[]> Observed =
            new Dictionary<string, float[]>();
        public static readonly Dictionary<string, float[]> Final =
            new Dictionary<string, float[]>();
        public static int Decisions;
        public static int Ended;
        public static bool ResetComes;
        private readonly HashSet<int> forbidden = new HashSet<int>();
        public void SetActionEnabled(int branch, int actionIndex, bool isEnabled)
        {
            if (!isEnabled)
            {
                forbidden.Add(1000 * branch + actionIndex);
            }
        }
        internal void Check(Actuators.ActionBuffers actions)
        {
            for (int branch = 0; branch < actions.DiscreteActions.Length; branch++)
            {
                if (forbidden.Contains(1000 * branch + actions.DiscreteActions[branch]))
                {
                    throw new InvalidOperationException("a masked action in branch " + branch);
                }
            }
        }
        internal static void Look(Sensors.ISensor[] sensors, Dictionary<string, float[]> seen)
        {
            foreach (Sensors.ISensor sensor in sensors)
            {
                Sensors.ObservationWriter writer = new Sensors.ObservationWriter();
                int written = sensor.Write(writer);
                if (written != sensor.GetObservationSpec().Length)
                {
                    throw new InvalidOperationException(sensor.GetName() + " wrote " + written);
                }
                seen[sensor.GetName()] = writer.Written;
            }
        }
        public static void MakeSensors(Agent agent) { agent.MakeSensors(); }
        public static void Deliver(byte[] payload)
        {
            SideChannels.SideChannelManager.Registered.ForEach(channel => channel.Take(payload));
        }
        public static List<byte[]> Sent()
        {
            List<byte[]> sent = new List<byte[]>();
            SideChannels.SideChannelManager.Registered.ForEach(
                channel => sent.AddRange(channel.Queue));
            return sent;
        }
    }
}

namespace Unity.MLAgents.Actuators
{
    public struct ActionSpec
    {
        public int[] BranchSizes;
        public static ActionSpec MakeDiscrete(params int[] branchSizes)
        {
            return new ActionSpec { BranchSizes = branchSizes };
        }
    }

    public readonly struct ActionSegment<T> where T : struct
    {
        public readonly int Offset;
        public readonly int Length;
        private readonly T[] array;
        public ActionSegment(T[] actionArray, int offset, int length)
        {
            array = actionArray;
            Offset = offset;
            Length = length;
        }
        public T this[int index]
        {
            get { return array[Offset + index]; }
            set { array[Offset + index] = value; }
        }
    }

    public readonly struct ActionBuffers
    {
        public ActionBuffers(int[] discrete)
        {
            DiscreteActions = new ActionSegment<int>(discrete, 0, discrete.Length);
        }
        public ActionSegment<int> DiscreteActions { get; }
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
        public BrainParameters BrainParameters { get; internal set; } = new BrainParameters();
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
        internal int Length;
        public static ObservationSpec Vector(
            int length, ObservationType obsType = ObservationType.Default)
        {
            return new ObservationSpec { Length = length };
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
        internal float[] Written;
        public void AddList(IList<float> data, int writeOffset = 0)
        {
            Written = new List<float>(data).ToArray();
        }
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
        private readonly byte[] bytes;
        public IncomingMessage(byte[] data)
        {
            bytes = data;
        }
        public byte[] GetRawBytes() { return bytes; }
        public void Dispose() { }
    }

    public class OutgoingMessage : IDisposable
    {
        internal byte[] Bytes;
        public void SetRawBytes(byte[] data) { Bytes = data; }
        public void Dispose() { }
    }

    public abstract class SideChannel
    {
        internal readonly List<byte[]> Queue = new List<byte[]>();
        public Guid ChannelId { get; protected set; }
        protected abstract void OnMessageReceived(IncomingMessage msg);
        protected void QueueMessageToSend(OutgoingMessage msg) { Queue.Add(msg.Bytes); }
        internal void Take(byte[] payload) { OnMessageReceived(new IncomingMessage(payload)); }
    }

    public static class SideChannelManager
    {
        internal static readonly List<SideChannel> Registered = new List<SideChannel>();
        public static void RegisterSideChannel(SideChannel sideChannel)
        {
            Registered.Add(sideChannel);
        }
        public static void UnregisterSideChannel(SideChannel sideChannel)
        {
            Registered.Remove(sideChannel);
        }
    }
}
