using System;
using NUnit.Framework;

namespace AttentionLearning.Tests
{
    /// <summary>Items of concepts.</summary>
    public sealed class ItemBankTests
    {
        private const string Question = "{\"question\":\"?\",\"options\":[\"a\",\"b\"],\"right\":1}";

        /// <summary>A level draws from its third.</summary>
        [Test]
        public void PracticeDrawsFromTheThirdOfItsLevel()
        {
            string items = string.Join(",", new[] { Question, Question, Question });
            ItemBank bank = new ItemBank("{\"sums\":[" + items + "]}");
            Assert.AreEqual(0, bank.Choose("sums", Occupation.PractiseEasier, 0.99));
            Assert.AreEqual(2, bank.Choose("sums", Occupation.PractiseHarder, 0.0));
            Assert.AreEqual(1, bank.Choose("sums", Occupation.Quiz, 0.5));
            Assert.AreEqual(-1, bank.Choose("roots", Occupation.Quiz, 0.5));
        }

        /// <summary>No item is out of reach where three do not divide their number.</summary>
        [Test]
        public void EveryItemCanBePractised()
        {
            for (int number = 3; number <= 8; number++)
            {
                string[] items = new string[number];
                Array.Fill(items, Question);
                ItemBank bank = new ItemBank("{\"sums\":[" + string.Join(",", items) + "]}");
                int expected = 0;
                for (Occupation level = Occupation.PractiseEasier;
                    level <= Occupation.PractiseHarder;
                    level++)
                {
                    Assert.AreEqual(expected, bank.Choose("sums", level, 0.0));
                    expected = bank.Choose("sums", level, 0.999) + 1;
                }
                Assert.AreEqual(number, expected);
            }
        }

        /// <summary>The hardest of a few items is one of the hardest of many.</summary>
        [Test]
        public void AFewItemsStandForTheCurriculumsManyOfTheSameLevel()
        {
            string items = string.Join(",", new[] { Question, Question, Question });
            ItemBank bank = new ItemBank("{\"sums\":[" + items + "]}");
            TaughtConcept taught = new TaughtConcept(JsonReader.Read(
                "{\"name\":\"sums\",\"text\":\"\",\"depth\":0,\"prerequisites\":[],"
                + "\"difficulties\":[0,1,2,3,4,5,6,7,8,9,10,11]}"));
            Assert.AreEqual(2, bank.NumberInCurriculum(taught, 0));
            Assert.AreEqual(10, bank.NumberInCurriculum(taught, 2));
            Assert.AreEqual(1, bank.NumberInCurriculum(new TaughtConcept("sums"), 1));
        }

        /// <summary>An item without a right option is refused.</summary>
        [Test]
        public void AnItemWithoutARightOptionIsRefused()
        {
            string wrong = Question.Replace("\"right\":1", "\"right\":2");
            FormatException error = Assert.Throws<FormatException>(
                () => new ItemBank("{\"sums\":[" + wrong + "]}"));
            StringAssert.Contains("right is 2; expected 0 to 1", error.Message);
        }
    }
}
