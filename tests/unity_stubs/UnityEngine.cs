// As much of UnityEngine as the package uses, from Unity's scripting reference (2022.3 and 6).
// Nothing here does anything; it is compiled against, never run.
using System;

namespace UnityEngine
{
    public class Object
    {
        public string name { get; set; }
        public static implicit operator bool(Object exists) { return !ReferenceEquals(exists, null); }
        public static bool operator ==(Object x, Object y) { return ReferenceEquals(x, y); }
        public static bool operator !=(Object x, Object y) { return !ReferenceEquals(x, y); }
        public override bool Equals(object other) { return ReferenceEquals(this, other); }
        public override int GetHashCode() { return 0; }
        public static void DestroyImmediate(Object obj) { }
    }

    public class Component : Object
    {
        public Transform transform { get { return null; } }
        public GameObject gameObject { get { return null; } }
        public T GetComponent<T>() { return default(T); }
        public T GetComponentInParent<T>() { return default(T); }
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; }
        public bool isActiveAndEnabled { get { return false; } }
    }

    public class MonoBehaviour : Behaviour { }

    public sealed class GameObject : Object
    {
        public GameObject(string name) { }
        public Transform transform { get { return null; } }
        public SceneManagement.Scene scene { get { return default(SceneManagement.Scene); } }
        public static GameObject CreatePrimitive(PrimitiveType type) { return null; }
        public void SetActive(bool value) { }
        public T AddComponent<T>() where T : Component { return default(T); }
        public T GetComponent<T>() { return default(T); }
        public T[] GetComponentsInChildren<T>(bool includeInactive) { return null; }
    }

    public enum PrimitiveType
    {
        Sphere,
        Capsule,
        Cylinder,
        Cube,
        Plane,
        Quad,
    }

    public class Transform : Component
    {
        public Vector3 position { get; set; }
        public Vector3 localPosition { get; set; }
        public Vector3 localScale { get; set; }
        public Quaternion rotation { get; set; }
        public Vector3 forward { get; set; }
        public Transform parent { get; set; }
        public void SetParent(Transform parent, bool worldPositionStays) { }
        public Transform Find(string n) { return null; }
        public Vector3 TransformPoint(Vector3 position) { return position; }
        public void LookAt(Transform target) { }
    }

    public struct Vector2
    {
        public float x;
        public float y;
        public float sqrMagnitude { get { return 0f; } }
    }

    public struct Vector3
    {
        public float x;
        public float y;
        public float z;
        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }
        public static Vector3 zero { get { return default(Vector3); } }
        public static Vector3 one { get { return default(Vector3); } }
        public static Vector3 up { get { return default(Vector3); } }
        public static Vector3 forward { get { return default(Vector3); } }
        public float magnitude { get { return 0f; } }
        public float sqrMagnitude { get { return 0f; } }
        public static Vector3 MoveTowards(Vector3 current, Vector3 target, float maxDistanceDelta)
        {
            return current;
        }
        public static Vector3 operator +(Vector3 a, Vector3 b) { return a; }
        public static Vector3 operator -(Vector3 a, Vector3 b) { return a; }
        public static Vector3 operator *(Vector3 a, float d) { return a; }
        public static Vector3 operator *(float d, Vector3 a) { return a; }
        public static Vector3 operator /(Vector3 a, float d) { return a; }
        public static implicit operator Vector3(Vector2 v) { return default(Vector3); }
    }

    public struct Quaternion
    {
        public static Quaternion LookRotation(Vector3 forward) { return default(Quaternion); }
        public static Quaternion RotateTowards(
            Quaternion from, Quaternion to, float maxDegreesDelta)
        {
            return from;
        }
    }

    public struct Ray
    {
        public Ray(Vector3 origin, Vector3 direction) : this() { }
        public Vector3 origin { get; set; }
        public Vector3 direction { get; set; }
        public Vector3 GetPoint(float distance) { return origin; }
    }

    public struct RaycastHit
    {
        public Collider collider { get { return null; } }
        public Vector3 point { get; set; }
    }

    public static class Physics
    {
        public static bool Raycast(Ray ray, out RaycastHit hitInfo, float maxDistance)
        {
            hitInfo = default(RaycastHit);
            return false;
        }
    }

    public class Collider : Component { }

    public class BoxCollider : Collider
    {
        public Vector3 size { get; set; }
    }

    public class SphereCollider : Collider { }

    public struct Color
    {
        public static Color black { get { return default(Color); } }
        public static Color green { get { return default(Color); } }
        public static Color grey { get { return default(Color); } }
        public static Color red { get { return default(Color); } }
        public static Color yellow { get { return default(Color); } }
    }

    public sealed class Shader : Object
    {
        public static Shader Find(string name) { return null; }
    }

    public class Material : Object
    {
        public Material(Shader shader) { }
        public Color color { get; set; }
    }

    public class Renderer : Component
    {
        public bool enabled { get; set; }
        public Material material { get; set; }
        public Material sharedMaterial { get; set; }
    }

    public class MeshRenderer : Renderer { }

    public sealed class LineRenderer : Renderer
    {
        public int positionCount { get; set; }
        public float startWidth { get; set; }
        public float endWidth { get; set; }
        public void SetPosition(int index, Vector3 position) { }
    }

    public class Mesh : Object
    {
        public int GetBlendShapeIndex(string blendShapeName) { return -1; }
    }

    public class SkinnedMeshRenderer : Renderer
    {
        public Mesh sharedMesh { get; set; }
        public float GetBlendShapeWeight(int index) { return 0f; }
    }

    public sealed class Camera : Behaviour
    {
        public Ray ScreenPointToRay(Vector3 pos) { return default(Ray); }
    }

    public enum TextAnchor
    {
        UpperLeft,
        MiddleCenter = 4,
    }

    public class Font : Object
    {
        public Material material { get; set; }
    }

    public sealed class TextMesh : Component
    {
        public string text { get; set; }
        public Font font { get; set; }
        public int fontSize { get; set; }
        public float characterSize { get; set; }
        public TextAnchor anchor { get; set; }
        public Color color { get; set; }
    }

    public class TextAsset : Object
    {
        public string text { get { return ""; } }
    }

    public sealed class AudioClip : Object
    {
        public bool GetData(float[] data, int offsetSamples) { return false; }
    }

    public sealed class Microphone
    {
        public static string[] devices { get { return null; } }
        public static AudioClip Start(string deviceName, bool loop, int lengthSec, int frequency)
        {
            return null;
        }
        public static void End(string deviceName) { }
        public static int GetPosition(string deviceName) { return 0; }
    }

    public static class Application
    {
        public static string unityVersion { get { return ""; } }
        public static string persistentDataPath { get { return ""; } }
    }

    public static class Resources
    {
        public static T GetBuiltinResource<T>(string path) where T : Object { return null; }
    }

    public static class Time
    {
        public static float time { get { return 0f; } }
        public static float deltaTime { get { return 0f; } }
        public static float fixedDeltaTime { get; set; }
        public static float realtimeSinceStartup { get { return 0f; } }
    }

    public struct Mathf
    {
        public const float PI = 3.14159274f;
        public static float Sin(float f) { return f; }
        public static float Sqrt(float f) { return f; }
        public static float Clamp01(float value) { return value; }
        public static int Max(int a, int b) { return a; }
        public static int RoundToInt(float f) { return 0; }
    }

    public static class Debug
    {
        public static void LogError(object message, Object context) { }
    }

    public sealed class SerializeField : Attribute { }

    [AttributeUsage(AttributeTargets.Field)]
    public class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string tooltip) { }
    }

    public sealed class AddComponentMenu : Attribute
    {
        public AddComponentMenu(string menuName) { }
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type requiredComponent) { }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class DefaultExecutionOrder : Attribute
    {
        public DefaultExecutionOrder(int order) { }
    }

    public class GUILayoutOption { }

    public class GUIStyle { }

    public class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) { return false; }
    }
}

namespace UnityEngine.SceneManagement
{
    public struct Scene
    {
        public GameObject[] GetRootGameObjects() { return null; }
    }

    public class SceneManager
    {
        public static Scene GetActiveScene() { return default(Scene); }
    }
}
