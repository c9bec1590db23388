using System;
using System.Text;
using NUnit.Framework;

namespace AttentionLearning.Tests
{
    /// <summary>Reading and writing JSON, and the messages made of it.</summary>
    public sealed class JsonTests
    {
        /// <summary>What is written reads back the same.</summary>
        [Test]
        public void TextSurvivesWithItsQuotesAccentsAndControlCharacters()
        {
            string text = "\"é\\\u0001\n学";
            JsonValue json = JsonReader.Read(JsonWriter.Write(JsonValue.Map().With("t", text)));
            Assert.AreEqual(text, json.Text("t"));
        }

        /// <summary>Errors name the field.</summary>
        [Test]
        public void AWrongFieldIsNamedWithItsValue()
        {
            JsonValue json = JsonReader.Read("{\"learner\":\"two\"}");
            FormatException wrong = Assert.Throws<FormatException>(() => json.Integer("learner"));
            FormatException none = Assert.Throws<FormatException>(() => json.Integer("concept"));
            Assert.AreEqual("field learner is \"two\"; expected an integer", wrong.Message);
            Assert.AreEqual("field concept is missing", none.Message);
        }

        /// <summary>What is no JSON is refused, and so is what would overflow the stack.</summary>
        [Test]
        public void BrokenJsonIsRefused()
        {
            string deep = new string('[', 100000);
            string[] broken =
            {
                "", "{", "[1,]", "{\"a\" 1}", "\"\u0001\"", "\"\\x\"", "1 2", "tru", "-", deep,
            };
            foreach (string text in broken)
            {
                Assert.Throws<FormatException>(() => JsonReader.Read(text));
            }
        }

        /// <summary>JSON has no NaN.</summary>
        [Test]
        public void ANumberThatIsNotFiniteIsNotWritten()
        {
            Assert.Throws<ArgumentException>(() => JsonWriter.Write(double.NaN));
        }

        /// <summary>A message of another version is refused, an unknown one ignored.</summary>
        [Test]
        public void MessagesOfAnotherVersionAreRefusedAndUnknownOnesIgnored()
        {
            FormatException refused = Assert.Throws<FormatException>(
                () => Read("{\"type\":\"hello\",\"version\":99}"));
            StringAssert.Contains("version is 99; expected 1", refused.Message);
            Assert.IsNull(Read("{\"type\":\"weather\",\"version\":1}"));
        }

        private static ClassroomMessage Read(string json)
        {
            return ClassroomMessage.Read(Encoding.UTF8.GetBytes(json));
        }
    }
}
