using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace AttentionLearning.Wire
{
    /// <summary>
    /// Answers questions about the package's pure parts, one JSON object a line on standard input,
    /// so that a test can compare every byte with the Python side.
    /// </summary>
    public static class WireProgram
    {
        /// <summary>Answer until the input ends.</summary>
        public static void Main()
        {
            Console.InputEncoding = new UTF8Encoding(false);
            Console.OutputEncoding = new UTF8Encoding(false);
            string line;
            while ((line = Console.ReadLine()) != null)
            {
                JsonValue question = JsonReader.Read(line);
                JsonValue answer = JsonValue.Map();
                try
                {
                    Answer(question.Text("ask"), question, answer);
                }
                catch (Exception error)
                {
                    answer.With("error", error.Message);
                }
                Console.WriteLine(JsonWriter.Write(answer));
                Console.Out.Flush();
            }
        }

        private static void Answer(string ask, JsonValue question, JsonValue answer)
        {
            switch (ask)
            {
                case "layout":
                    Layout(question, answer);
                    break;
                case "message":
                    Message(question, answer);
                    break;
                case "numbers":
                    Numbers(question, answer);
                    break;
                case "windows":
                    Windows(question, answer);
                    break;
                case "legality":
                    Legal(question, answer);
                    break;
                case "gains":
                    Gains(question, answer);
                    break;
                case "course":
                    answer.With("observations", CoursePlay.Play(question));
                    break;
                case "tests":
                    answer.With("failed", NUnit.Framework.TestRun.Failures(
                        typeof(AttentionLearning.Tests.MasksTests).Assembly));
                    break;
                default:
                    throw new ArgumentException("ask is " + ask);
            }
        }

        private static void Layout(JsonValue question, JsonValue answer)
        {
            int learners = question.Integer("learners");
            int concepts = question.Integer("concepts");
            List<string> names = new List<string>();
            foreach (ClassroomField field in ClassroomLayout.Fields)
            {
                names.Add(field.Name);
            }
            names.Sort(StringComparer.InvariantCulture);
            answer.With("sorted", JsonValue.List(names, name => name));
            answer.With("sizes", JsonValue.List(
                names, name => ClassroomLayout.Field(name).Size(learners, concepts)));
            answer.With("branches", JsonValue.List(
                Decision.Branches(learners, concepts), size => size));
            answer.With("channel", Hex(new Guid(ClassroomLayout.ChannelId).ToByteArray()));
        }

        private static void Message(JsonValue question, JsonValue answer)
        {
            ClassroomMessage message = ClassroomMessage.Read(Bytes(question.Text("payload")));
            answer.With("payload", message == null ? "" : Hex(message.Payload()));
            if (message != null)
            {
                answer.With("line", SessionLine.Of(question.Number("at"), message));
            }
        }

        private static void Numbers(JsonValue question, JsonValue answer)
        {
            answer.With("texts", JsonValue.List(question.Texts("bits"), bits =>
                JsonNumber.Write(BitConverter.Int64BitsToDouble(
                    long.Parse(bits, CultureInfo.InvariantCulture)))));
            answer.With("again", JsonValue.List(question.Numbers("values"), value =>
                BitConverter.DoubleToInt64Bits(value).ToString(CultureInfo.InvariantCulture)));
        }

        private static void Windows(JsonValue question, JsonValue answer)
        {
            SensorWindows windows = new SensorWindows();
            int window = 0;
            foreach (double reading in question.Numbers("readings"))
            {
                windows.Add(window++, reading);
            }
            float[] features =
            {
                (float)windows.Mean, (float)windows.Spread, (float)windows.Trend,
            };
            answer.With("features", Hex(features));
        }

        private static void Legal(JsonValue question, JsonValue answer)
        {
            Observation observation = new Observation(
                question.Integer("learners"), question.Integer("concepts"));
            bool[] present = Array.ConvertAll(question.Numbers("present"), one => one > 0.0);
            Masks.Write(observation, present, question.Integer("columns"));
            string[] masks =
            {
                "activity_mask", "target_mask", "concept_mask", "task_mask", "task_concept_mask",
                "learner_present", "concept_present",
            };
            answer.With("masks", JsonValue.List(masks, name => Hex(observation[name])));
            answer.With("branches", Branches(observation));
            List<string> faults = new List<string>();
            foreach (JsonValue action in question.Items("actions"))
            {
                faults.Add(Legality.Explain(observation, CoursePlay.DecisionOf(action)));
            }
            answer.With("faults", JsonValue.List(faults, fault => fault));
        }

        private static void Gains(JsonValue question, JsonValue answer)
        {
            Observation observation = new Observation(
                question.Integer("learners"), question.Integer("concepts"));
            GainReport report = new GainReport(observation.Learners);
            List<string> outcomes = new List<string>();
            foreach (JsonValue decision in question.Items("decisions"))
            {
                report.Forget();
                double[] learners = decision.Numbers("learners");
                double[] gains = decision.Numbers("gains");
                for (int i = 0; i < gains.Length; i++)
                {
                    report.Add((int)learners[i], (float)gains[i]);
                }
                report.Write(observation["outcome"], decision.Number("minutes"));
                outcomes.Add(Hex(observation["outcome"]));
            }
            answer.With("outcomes", JsonValue.List(outcomes, outcome => outcome));
        }

        private static string Branches(Observation observation)
        {
            StringBuilder bits = new StringBuilder();
            int[] sizes = Decision.Branches(observation.Learners, observation.Concepts);
            for (int branch = 0; branch < sizes.Length; branch++)
            {
                for (int choice = 0; choice < sizes[branch]; choice++)
                {
                    bits.Append(BranchMasks.Allows(observation, branch, choice) ? '1' : '0');
                }
            }
            return bits.ToString();
        }

        /// <summary>Floats as the little-endian bytes of the wire, in hexadecimal.</summary>
        internal static string Hex(float[] values)
        {
            byte[] bytes = new byte[4 * values.Length];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            return Hex(bytes);
        }

        private static string Hex(byte[] bytes)
        {
            return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
        }

        private static byte[] Bytes(string hex)
        {
            byte[] bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
            }
            return bytes;
        }
    }
}
