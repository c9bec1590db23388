using System;
using Unity.MLAgents.SideChannels;

namespace AttentionLearning
{
    /// <summary>
    /// Our messages beside observations and actions. ML-Agents' own strings are ASCII only; these
    /// are UTF-8.
    /// </summary>
    public sealed class ClassroomChannel : SideChannel
    {
        /// <summary>Make the channel; register it with SideChannelManager.</summary>
        public ClassroomChannel()
        {
            ChannelId = new Guid(ClassroomLayout.ChannelId);
        }

        /// <summary>A message came; those of unknown types are left out.</summary>
        public event Action<ClassroomMessage> Received;

        /// <summary>Have a message sent with the next exchange.</summary>
        public void Send(ClassroomMessage message)
        {
            using (OutgoingMessage outgoing = new OutgoingMessage())
            {
                outgoing.SetRawBytes(message.Payload());
                QueueMessageToSend(outgoing);
            }
        }

        /// <inheritdoc/>
        protected override void OnMessageReceived(IncomingMessage msg)
        {
            ClassroomMessage message = ClassroomMessage.Read(msg.GetRawBytes());
            if (message != null && Received != null)
            {
                Received(message);
            }
        }
    }
}
