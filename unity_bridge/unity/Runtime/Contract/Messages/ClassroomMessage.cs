using System;
using System.Text;

namespace AttentionLearning
{
    /// <summary>
    /// One message of the classroom channel: a JSON object in UTF-8, as unity_bridge defines it.
    /// </summary>
    public abstract class ClassroomMessage
    {
        private static readonly Encoding Strict = new UTF8Encoding(false, true);

        /// <summary>The message's name on the wire.</summary>
        public abstract string Type { get; }

        /// <summary>The bytes that carry the message.</summary>
        public byte[] Payload()
        {
            return Strict.GetBytes(JsonWriter.Write(Json()));
        }

        /// <summary>The message as JSON, its name and version first.</summary>
        public JsonValue Json()
        {
            JsonValue json = JsonValue.Map()
                .With("type", Type)
                .With("version", ClassroomLayout.MessageVersion);
            Write(json);
            return json;
        }

        /// <summary>Read a message; null where its type is unknown here.</summary>
        /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
        public static ClassroomMessage Read(byte[] payload)
        {
            JsonValue json;
            try
            {
                json = JsonReader.Read(Strict.GetString(payload));
            }
            catch (ArgumentException broken)
            {
                throw new FormatException("message is not UTF-8: " + broken.Message, broken);
            }
            string type = json.Text("type");
            int version = json.Integer("version");
            if (version != ClassroomLayout.MessageVersion)
            {
                throw new FormatException(
                    "version is " + version + "; expected " + ClassroomLayout.MessageVersion
                    + ": install the Unity package and the Python side of the same release");
            }
            return Read(type, json);
        }

        /// <summary>Append the fields, in their order on the wire.</summary>
        protected abstract void Write(JsonValue json);

        private static ClassroomMessage Read(string type, JsonValue json)
        {
            switch (type)
            {
                case HelloMessage.Name:
                    return new HelloMessage(json);
                case AnswerMessage.Name:
                    return new AnswerMessage(json);
                case WindowsMessage.Name:
                    return new WindowsMessage(json);
                case CurriculumMessage.Name:
                    return new CurriculumMessage(json);
                case SceneMessage.Name:
                    return new SceneMessage(json);
                case ClassesMessage.Name:
                    return new ClassesMessage(json);
                case CaptionMessage.Name:
                    return new CaptionMessage(json);
                case ReasonsMessage.Name:
                    return new ReasonsMessage(json);
                case PuppetsMessage.Name:
                    return new PuppetsMessage(json);
                default:
                    return null;
            }
        }
    }
}
