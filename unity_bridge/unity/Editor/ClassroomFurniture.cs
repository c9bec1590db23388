using UnityEngine;

namespace AttentionLearning.Editor
{
    /// <summary>Makes the things of a classroom out of Unity's primitives and built-in font.</summary>
    public sealed class ClassroomFurniture
    {
        private const string BuiltInFont = "LegacyRuntime.ttf";
        private const string LineShader = "Sprites/Default";
        private const float SeatWidth = 1.5f;
        private const float RowDepth = 1.5f;
        private const int FontSize = 48;
        private const int Options = 4;
        private readonly Transform room;

        /// <summary>Furnish a room.</summary>
        public ClassroomFurniture(Transform room)
        {
            this.room = room;
        }

        /// <summary>Where a learner sits: rows from the front left, facing the board.</summary>
        public Vector3 Seat(int learner, int columns)
        {
            float across = learner % columns - (columns - 1) / 2f;
            return new Vector3(across * SeatWidth, 0f, -(learner / columns) * RowDepth);
        }

        /// <summary>An object without shape.</summary>
        public Transform Empty(string name, Vector3 position)
        {
            Transform made = new GameObject(name).transform;
            made.SetParent(room, false);
            made.localPosition = position;
            return made;
        }

        /// <summary>A box that stops no ray.</summary>
        public Transform Cube(string name, Vector3 position, Vector3 size)
        {
            return Shape(PrimitiveType.Cube, name, room, position, size);
        }

        /// <summary>The floor.</summary>
        public void Floor(int columns)
        {
            Shape(PrimitiveType.Plane, "Floor", room, Vector3.zero, new Vector3(columns, 1f, columns));
        }

        /// <summary>The board, with its text; looking at it belongs to the lesson.</summary>
        public TextMesh Board(Vector3 position)
        {
            Transform board = Cube("Board", position, new Vector3(4f, 2f, 0.1f));
            board.gameObject.AddComponent<BoxCollider>();
            board.gameObject.AddComponent<LessonTarget>();
            return Text("Board text", position - 0.1f * Vector3.forward, 0.06f);
        }

        /// <summary>What lapsed learners look at.</summary>
        public Transform Window(Vector3 position)
        {
            Transform window = Cube("Window", position, new Vector3(0.1f, 1.5f, 3f));
            window.gameObject.AddComponent<BoxCollider>();
            return window;
        }

        /// <summary>A person as capsule and sphere, with children Body and Head.</summary>
        public Transform Figure(string name, Vector3 position)
        {
            Transform figure = Empty(name, position);
            Vector3 slim = new Vector3(0.4f, 0.5f, 0.4f);
            Shape(PrimitiveType.Capsule, "Body", figure, 0.7f * Vector3.up, slim);
            Shape(PrimitiveType.Sphere, "Head", figure, 1.4f * Vector3.up, 0.3f * Vector3.one);
            return figure;
        }

        /// <summary>A panel with a question and four options, which can be pointed at.</summary>
        public ItemPanel Panel(Vector3 position)
        {
            Transform panel = Empty("Item panel", position);
            panel.gameObject.AddComponent<LessonTarget>();
            Transform back = Shape(
                PrimitiveType.Cube, "Back", panel, 0.05f * Vector3.forward, new Vector3(1f, 0.8f, 0.02f));
            back.gameObject.AddComponent<BoxCollider>();
            TextMesh question = Write("Question", panel, 0.25f * Vector3.up, 0.02f);
            TextMesh[] options = new TextMesh[Options];
            for (int i = 0; i < Options; i++)
            {
                Vector3 below = (0.05f - 0.12f * i) * Vector3.up;
                options[i] = Write("Option " + (i + 1), panel, below, 0.02f);
                BoxCollider area = options[i].gameObject.AddComponent<BoxCollider>();
                area.size = new Vector3(0.9f, 0.1f, 0.02f);
            }
            ItemPanel made = panel.gameObject.AddComponent<ItemPanel>();
            made.Furnish(question, options);
            return made;
        }

        /// <summary>Words in the room, in the built-in font.</summary>
        public TextMesh Text(string name, Vector3 position, float size)
        {
            return Write(name, room, position, size);
        }

        /// <summary>A line, not yet drawn.</summary>
        public LineRenderer Line(string name)
        {
            LineRenderer line = Empty(name, Vector3.zero).gameObject.AddComponent<LineRenderer>();
            line.sharedMaterial = new Material(Shader.Find(LineShader));
            line.enabled = false;
            return line;
        }

        /// <summary>A small ball, to be coloured.</summary>
        public Renderer Mark(string name)
        {
            return Shape(PrimitiveType.Sphere, name, room, Vector3.zero, 0.12f * Vector3.one)
                .GetComponent<Renderer>();
        }

        private static TextMesh Write(string name, Transform parent, Vector3 position, float size)
        {
            GameObject holder = new GameObject(name);
            holder.transform.SetParent(parent, false);
            holder.transform.localPosition = position;
            TextMesh text = holder.AddComponent<TextMesh>();
            Font font = Resources.GetBuiltinResource<Font>(BuiltInFont);
            text.font = font;
            text.fontSize = FontSize;
            text.characterSize = size;
            text.anchor = TextAnchor.MiddleCenter;
            text.color = Color.black;
            holder.GetComponent<MeshRenderer>().sharedMaterial = font.material;
            return text;
        }

        private static Transform Shape(
            PrimitiveType type, string name, Transform parent, Vector3 position, Vector3 size)
        {
            GameObject shape = GameObject.CreatePrimitive(type);
            Object.DestroyImmediate(shape.GetComponent<Collider>());
            shape.name = name;
            shape.transform.SetParent(parent, false);
            shape.transform.localPosition = position;
            shape.transform.localScale = size;
            return shape.transform;
        }
    }
}
