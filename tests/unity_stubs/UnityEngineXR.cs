// As much of the module UnityEngine.XR as the package uses, from Unity's scripting reference.
using System;
using System.Collections.Generic;

namespace UnityEngine.XR
{
    public enum XRNode
    {
        LeftEye,
        RightEye,
        CenterEye,
        Head,
        LeftHand,
        RightHand,
    }

    [Flags]
    public enum InputDeviceCharacteristics : uint
    {
        None = 0,
        HeadMounted = 1 << 0,
        EyeTracking = 1 << 4,
    }

    public struct InputFeatureUsage<T>
    {
        public InputFeatureUsage(string usageName) : this()
        {
            name = usageName;
        }
        public string name { get; set; }
    }

    public static class CommonUsages
    {
        public static InputFeatureUsage<bool> userPresence;
        public static InputFeatureUsage<bool> triggerButton;
        public static InputFeatureUsage<float> trigger;
        public static InputFeatureUsage<Vector3> devicePosition;
        public static InputFeatureUsage<Vector3> deviceVelocity;
        public static InputFeatureUsage<Eyes> eyesData;
    }

    public struct Eyes
    {
        public bool TryGetLeftEyePosition(out Vector3 position)
        {
            position = default(Vector3);
            return false;
        }
        public bool TryGetRightEyePosition(out Vector3 position)
        {
            position = default(Vector3);
            return false;
        }
        public bool TryGetFixationPoint(out Vector3 fixationPoint)
        {
            fixationPoint = default(Vector3);
            return false;
        }
    }

    public struct InputDevice
    {
        public bool isValid { get { return false; } }
        public bool TryGetFeatureValue(InputFeatureUsage<bool> usage, out bool value)
        {
            value = false;
            return false;
        }
        public bool TryGetFeatureValue(InputFeatureUsage<float> usage, out float value)
        {
            value = 0f;
            return false;
        }
        public bool TryGetFeatureValue(InputFeatureUsage<Vector3> usage, out Vector3 value)
        {
            value = default(Vector3);
            return false;
        }
        public bool TryGetFeatureValue(InputFeatureUsage<Eyes> usage, out Eyes value)
        {
            value = default(Eyes);
            return false;
        }
    }

    public static class InputDevices
    {
        public static InputDevice GetDeviceAtXRNode(XRNode node)
        {
            return default(InputDevice);
        }
        public static void GetDevicesWithCharacteristics(
            InputDeviceCharacteristics desiredCharacteristics, List<InputDevice> inputDevices)
        {
        }
    }
}
