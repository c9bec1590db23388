// As much of com.unity.inputsystem as the package uses, from its public documentation.
using UnityEngine;
using UnityEngine.InputSystem.Controls;

namespace UnityEngine.InputSystem
{
    public enum Key
    {
        None,
        Digit1,
        Digit2,
        Digit3,
        Digit4,
    }

    public abstract class InputControl { }

    public abstract class InputControl<TValue> : InputControl where TValue : struct
    {
        public TValue ReadValue() { return default(TValue); }
    }

    public class InputDevice : InputControl { }

    public class Keyboard : InputDevice
    {
        public static Keyboard current { get; private set; }
        public AnyKeyControl anyKey { get; protected set; }
        public KeyControl hKey { get { return null; } }
        public KeyControl rKey { get { return null; } }
        public KeyControl this[Key key] { get { return null; } }
    }

    public class Pointer : InputDevice
    {
        public static Pointer current { get; internal set; }
        public Vector2Control position { get; protected set; }
        public DeltaControl delta { get; protected set; }
    }

    public class Mouse : Pointer
    {
        public new static Mouse current { get; private set; }
        public ButtonControl leftButton { get; protected set; }
    }
}

namespace UnityEngine.InputSystem.Controls
{
    public class AxisControl : InputControl<float> { }

    public class ButtonControl : AxisControl
    {
        public bool isPressed { get { return false; } }
        public bool wasPressedThisFrame { get { return false; } }
    }

    public class AnyKeyControl : ButtonControl { }

    public class KeyControl : ButtonControl { }

    public class Vector2Control : InputControl<Vector2> { }

    public class DeltaControl : Vector2Control { }
}
