using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR;

namespace AttentionLearning
{
    /// <summary>
    /// Reads the headset, its eyes and the hands or controllers of the person at this machine,
    /// through UnityEngine.XR; whatever is missing is reported as missing.
    /// </summary>
    public sealed class HeadsetDevices
    {
        private const float StillSpeed = 0.05f;
        private const float Pressed = 0.1f;
        private static readonly XRNode[] Hands = { XRNode.LeftHand, XRNode.RightHand };
        private readonly List<InputDevice> eyeTrackers = new List<InputDevice>();

        /// <summary>Whether a headset is connected.</summary>
        public bool Connected
        {
            get { return InputDevices.GetDeviceAtXRNode(XRNode.Head).isValid; }
        }

        /// <summary>Whether it is on the head; true where the headset cannot tell.</summary>
        public bool Worn
        {
            get
            {
                bool worn;
                InputDevice head = InputDevices.GetDeviceAtXRNode(XRNode.Head);
                return !head.TryGetFeatureValue(CommonUsages.userPresence, out worn) || worn;
            }
        }

        /// <summary>The gaze in the coordinates of the tracking space.</summary>
        public bool TryEyes(out Vector3 origin, out Vector3 fixation)
        {
            origin = fixation = Vector3.zero;
            InputDevices.GetDevicesWithCharacteristics(
                InputDeviceCharacteristics.EyeTracking, eyeTrackers);
            foreach (InputDevice tracker in eyeTrackers)
            {
                Eyes eyes;
                Vector3 left;
                Vector3 right;
                if (tracker.TryGetFeatureValue(CommonUsages.eyesData, out eyes)
                    && eyes.TryGetFixationPoint(out fixation)
                    && eyes.TryGetLeftEyePosition(out left)
                    && eyes.TryGetRightEyePosition(out right))
                {
                    origin = (left + right) / 2f;
                    return true;
                }
            }
            return false;
        }

        /// <summary>Whether a hand moves or presses; false where no hand is tracked.</summary>
        public bool TryHands(out bool active)
        {
            active = false;
            bool any = false;
            foreach (XRNode node in Hands)
            {
                InputDevice hand = InputDevices.GetDeviceAtXRNode(node);
                Vector3 velocity;
                if (hand.TryGetFeatureValue(CommonUsages.deviceVelocity, out velocity))
                {
                    any = true;
                    active |= velocity.magnitude > StillSpeed;
                }
                float trigger;
                if (hand.TryGetFeatureValue(CommonUsages.trigger, out trigger))
                {
                    any = true;
                    active |= trigger > Pressed;
                }
            }
            return any;
        }

        /// <summary>Whether the trigger of either hand is pulled.</summary>
        public bool TriggerPulled()
        {
            foreach (XRNode node in Hands)
            {
                bool pulled;
                InputDevice hand = InputDevices.GetDeviceAtXRNode(node);
                if (hand.TryGetFeatureValue(CommonUsages.triggerButton, out pulled) && pulled)
                {
                    return true;
                }
            }
            return false;
        }

        /// <summary>Whether a hand is above the head.</summary>
        public bool HandAboveHead()
        {
            Vector3 head;
            InputDevice headset = InputDevices.GetDeviceAtXRNode(XRNode.Head);
            if (!headset.TryGetFeatureValue(CommonUsages.devicePosition, out head))
            {
                return false;
            }
            foreach (XRNode node in Hands)
            {
                Vector3 hand;
                InputDevice device = InputDevices.GetDeviceAtXRNode(node);
                if (device.TryGetFeatureValue(CommonUsages.devicePosition, out hand)
                    && hand.y > head.y)
                {
                    return true;
                }
            }
            return false;
        }
    }
}
