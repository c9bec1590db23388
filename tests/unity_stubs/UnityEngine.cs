// As much of UnityEngine as the package uses, from Unity's scripting reference (2022.3 and 6).
// Only objects, components and vectors do something: enough to play a scene without pictures.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace UnityEngine
{
    public class Object
    {
        public virtual string name { get; set; }
        public static implicit operator bool(Object exists) { return !ReferenceEquals(exists, null); }
        public static bool operator ==(Object x, Object y) { return ReferenceEquals(x, y); }
        public static bool operator !=(Object x, Object y) { return !ReferenceEquals(x, y); }
        public override bool Equals(object other) { return ReferenceEquals(this, other); }
        public override int GetHashCode() { return 0; }
        public static void DestroyImmediate(Object obj)
        {
            Collider.All.Remove(obj as Collider);
        }
    }

    public class Component : Object
    {
        internal GameObject owner;
        internal bool awake;
        public override string name
        {
            get { return owner.name; }
            set { owner.name = value; }
        }
        public Transform transform { get { return owner.transform; } }
        public GameObject gameObject { get { return owner; } }
        public T GetComponent<T>() { return owner.GetComponent<T>(); }
        public T GetComponentInParent<T>()
        {
            T own = GetComponent<T>();
            bool last = own != null || transform.parent == null;
            return last ? own : transform.parent.GetComponentInParent<T>();
        }

        /// What the engine calls by name when the object becomes active.
        internal void Wake()
        {
            awake = true;
            Call("Awake");
            Call("OnEnable");
        }

        private void Call(string name)
        {
            const BindingFlags Own =
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            MethodInfo method = GetType().GetMethod(name, Own);
            if (method != null)
            {
                method.Invoke(this, null);
            }
        }
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; }
        public bool isActiveAndEnabled { get { return awake; } }
    }

    public class MonoBehaviour : Behaviour { }

    public sealed class GameObject : Object
    {
        private readonly List<Component> components = new List<Component>();
        private bool active = true;

        internal static readonly List<GameObject> All = new List<GameObject>();

        public GameObject(string name)
        {
            All.Add(this);
            this.name = name;
            transform = (Transform)Add(typeof(Transform));
        }

        public Transform transform { get; }
        public SceneManagement.Scene scene { get { return default(SceneManagement.Scene); } }

        public static GameObject CreatePrimitive(PrimitiveType type)
        {
            GameObject made = new GameObject(type.ToString());
            made.AddComponent<MeshRenderer>().material = new Material(null);
            made.AddComponent<BoxCollider>();
            return made;
        }

        public void SetActive(bool value)
        {
            active = value;
            if (value)
            {
                List<Component> all = new List<Component>();
                Gather(all);
                all.Where(one => !one.awake).OrderBy(Order).ToList().ForEach(one => one.Wake());
            }
        }

        public T AddComponent<T>() where T : Component { return (T)Add(typeof(T)); }
        public T GetComponent<T>() { return components.OfType<T>().FirstOrDefault(); }
        public T[] GetComponentsInChildren<T>(bool includeInactive)
        {
            List<Component> all = new List<Component>();
            Gather(all);
            return all.OfType<T>().ToArray();
        }

        private static int Order(Component component)
        {
            object[] orders = component.GetType().GetCustomAttributes(
                typeof(DefaultExecutionOrder), true);
            return orders.Length == 0 ? 0 : ((DefaultExecutionOrder)orders[0]).order;
        }

        private Component Add(Type type)
        {
            foreach (RequireComponent needed in type.GetCustomAttributes(
                typeof(RequireComponent), true))
            {
                if (!components.Any(needed.type.IsInstanceOfType))
                {
                    Add(needed.type);
                }
            }
            if (type == typeof(TextMesh))
            {
                Add(typeof(MeshRenderer));
            }
            Component made = (Component)Activator.CreateInstance(type);
            made.owner = this;
            components.Add(made);
            if (transform != null && ActiveInHierarchy())
            {
                made.Wake();
            }
            return made;
        }

        private bool ActiveInHierarchy()
        {
            Transform above = transform.parent;
            return active && (above == null || above.gameObject.ActiveInHierarchy());
        }

        private void Gather(List<Component> all)
        {
            all.AddRange(components);
            transform.children.ForEach(child => child.gameObject.Gather(all));
        }
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
        internal readonly List<Transform> children = new List<Transform>();
        public Vector3 position { get; set; }
        public Vector3 localPosition
        {
            get { return position - Above; }
            set { position = value + Above; }
        }
        public Vector3 localScale { get; set; }
        public Quaternion rotation { get; set; }
        public Vector3 forward { get; set; }
        public Transform parent { get; private set; }
        public void SetParent(Transform parent, bool worldPositionStays)
        {
            this.parent = parent;
            parent.children.Add(this);
        }
        public Transform Find(string n) { return children.Find(child => child.gameObject.name == n); }
        public Vector3 TransformPoint(Vector3 position) { return position + this.position; }
        public void LookAt(Transform target) { forward = target.position - position; }
        private Vector3 Above { get { return parent == null ? Vector3.zero : parent.position; } }
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
        public static Vector3 one { get { return new Vector3(1f, 1f, 1f); } }
        public static Vector3 up { get { return new Vector3(0f, 1f, 0f); } }
        public static Vector3 forward { get { return new Vector3(0f, 0f, 1f); } }
        public float magnitude { get { return (float)Math.Sqrt(sqrMagnitude); } }
        public float sqrMagnitude { get { return x * x + y * y + z * z; } }
        public static Vector3 MoveTowards(Vector3 current, Vector3 target, float maxDistanceDelta)
        {
            Vector3 way = target - current;
            float far = way.magnitude;
            return far <= maxDistanceDelta ? target : current + way * (maxDistanceDelta / far);
        }
        public static Vector3 operator +(Vector3 a, Vector3 b)
        {
            return new Vector3(a.x + b.x, a.y + b.y, a.z + b.z);
        }
        public static Vector3 operator -(Vector3 a, Vector3 b) { return a + -1f * b; }
        public static Vector3 operator *(Vector3 a, float d)
        {
            return new Vector3(a.x * d, a.y * d, a.z * d);
        }
        public static Vector3 operator *(float d, Vector3 a) { return a * d; }
        public static Vector3 operator /(Vector3 a, float d) { return a * (1f / d); }
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
        public Ray(Vector3 origin, Vector3 direction) : this()
        {
            this.origin = origin;
            this.direction = direction;
        }
        public Vector3 origin { get; set; }
        public Vector3 direction { get; set; }
        public Vector3 GetPoint(float distance) { return origin + direction * distance; }
    }

    public struct RaycastHit
    {
        public Collider collider { get; internal set; }
        public Vector3 point { get; set; }
    }

    public static class Physics
    {
        public static bool Raycast(Ray ray, out RaycastHit hitInfo, float maxDistance)
        {
            hitInfo = default(RaycastHit);
            hitInfo.collider = Aimed(ray);
            return hitInfo.collider != null;
        }

        /// Whatever a ray was aimed at exactly: no shapes here.
        private static Collider Aimed(Ray ray)
        {
            return Collider.All.Find(
                one => (one.transform.position - ray.origin - ray.direction).magnitude < 0.2f);
        }
    }

    public class Collider : Component
    {
        internal static readonly List<Collider> All = new List<Collider>();
        protected void OnEnable() { All.Add(this); }
    }

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
        public TextAsset(string text)
        {
            this.text = text;
        }
        public string text { get; }
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
        public static string unityVersion { get { return "none"; } }
        public static string persistentDataPath { get { return "."; } }
    }

    public static class Resources
    {
        public static T GetBuiltinResource<T>(string path) where T : Object
        {
            return (T)Activator.CreateInstance(typeof(T));
        }
    }

    public static class Time
    {
        public static float time { get; set; }
        public static float deltaTime { get { return 0.02f; } }
        public static float fixedDeltaTime
        {
            get { return 0.02f; }
            set { }
        }
        public static float realtimeSinceStartup { get { return 0f; } }
    }

    public struct Mathf
    {
        public const float PI = 3.14159274f;
        public static float Sin(float f) { return (float)Math.Sin(f); }
        public static float Sqrt(float f) { return (float)Math.Sqrt(f); }
        public static float Clamp01(float value) { return Math.Min(1f, Math.Max(0f, value)); }
        public static int Max(int a, int b) { return Math.Max(a, b); }
        public static int RoundToInt(float f) { return 0; }
    }

    public static class Debug
    {
        public static void LogError(object message, Object context)
        {
            throw new InvalidOperationException("logged an error: " + message);
        }
    }

    public sealed class SerializeField : Attribute { }

    [AttributeUsage(AttributeTargets.Field)]
    public class TooltipAttribute : Attribute
    {
        public readonly string tooltip;
        public TooltipAttribute(string tooltip)
        {
            this.tooltip = tooltip;
        }
    }

    public sealed class AddComponentMenu : Attribute
    {
        public AddComponentMenu(string menuName) { }
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class RequireComponent : Attribute
    {
        internal readonly Type type;
        public RequireComponent(Type requiredComponent)
        {
            type = requiredComponent;
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class DefaultExecutionOrder : Attribute
    {
        public DefaultExecutionOrder(int order)
        {
            this.order = order;
        }
        public int order { get; }
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
        public GameObject[] GetRootGameObjects()
        {
            return GameObject.All.FindAll(one => one.transform.parent == null).ToArray();
        }
    }

    public class SceneManager
    {
        public static Scene GetActiveScene() { return default(Scene); }
    }
}
