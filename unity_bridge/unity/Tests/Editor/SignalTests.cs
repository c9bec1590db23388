using NUnit.Framework;

namespace AttentionLearning.Tests
{
    /// <summary>From raw signals to readings.</summary>
    public sealed class SignalTests
    {
        /// <summary>A steady rise has its slope as trend.</summary>
        [Test]
        public void ARiseOfTwoAWindowHasTrendTwo()
        {
            SensorWindows windows = new SensorWindows();
            for (int window = 0; window < 5; window++)
            {
                windows.Add(window, 2.0 * window + 1.0);
            }
            Assert.AreEqual(5.0, windows.Mean, 1e-12);
            Assert.AreEqual(2.0, windows.Trend, 1e-12);
        }

        /// <summary>Attending against not differs by the sensor's shift.</summary>
        [Test]
        public void AttendingAgainstLapsedDiffersByTheShift()
        {
            ShareWindow attending = new ShareWindow();
            ShareWindow lapsed = new ShareWindow();
            attending.Add(true, 30.0);
            lapsed.Add(false, 30.0);
            double apart = attending.Reading(0.7) - lapsed.Reading(0.7);
            Assert.AreEqual(0.7, apart, 1e-12);
        }

        /// <summary>A head at rest has no sway, wherever it is.</summary>
        [Test]
        public void SpreadDoesNotDependOnThePlace()
        {
            SpreadWindow near = new SpreadWindow();
            SpreadWindow far = new SpreadWindow();
            for (int i = 0; i < 4; i++)
            {
                near.Add(i % 2, 0.0, 0.0);
                far.Add(i % 2 + 100.0, 50.0, -20.0);
            }
            Assert.AreEqual(0.5, near.Spread, 1e-9);
            Assert.AreEqual(near.Spread, far.Spread, 1e-6);
        }

        /// <summary>Nobody is judged before their usual is known.</summary>
        [Test]
        public void ABaselineIsSilentUntilItIsKnown()
        {
            PersonalBaseline baseline = new PersonalBaseline();
            Assert.AreEqual(0.0, baseline.Standardise(9.0), 0.0);
            foreach (double value in new[] { 1.0, 2.0, 3.0, 4.0 })
            {
                baseline.Add(value);
            }
            Assert.AreEqual(0.0, baseline.Standardise(2.5), 1e-12);
            Assert.AreEqual(1.0, baseline.Standardise(2.5 + 1.2909944487358056), 1e-9);
            PersonalBaseline silent = new PersonalBaseline();
            for (int window = 0; window < 4; window += 1)
            {
                silent.Add(0.0);
            }
            Assert.AreEqual(4.0, silent.Standardise(0.3), 0.0);
        }
    }
}
