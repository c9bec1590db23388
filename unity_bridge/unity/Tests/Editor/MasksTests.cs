using NUnit.Framework;

namespace AttentionLearning.Tests
{
    /// <summary>What the rules allow.</summary>
    public sealed class MasksTests
    {
        /// <summary>Nobody can be addressed who left.</summary>
        [Test]
        public void WhoLeftCannotBeAddressedOrSetToWork()
        {
            Observation observation = Written(true, false, true);
            Decision explain = Decide(Activity.Explain, 2, Task.Keep);
            Decision practise = Decide(Activity.Circulate, 0, Task.PractiseMatched);
            StringAssert.Contains(
                "target of explain is 2", Legality.Explain(observation, explain));
            StringAssert.Contains(
                "learner 1's task is 3", Legality.Explain(observation, practise));
        }

        /// <summary>Peers are neighbours of one row.</summary>
        [Test]
        public void PeersNeedTwoNeighboursWhoAreThere()
        {
            int peer = (int)Activity.Peer;
            Assert.AreEqual(1f, Written(true, true, false)["activity_mask"][peer]);
            Assert.AreEqual(0f, Written(true, false, true)["activity_mask"][peer]);
        }

        /// <summary>ML-Agents asserts that each branch offers something.</summary>
        [Test]
        public void EveryBranchOffersSomethingEvenInAnEmptyRoom()
        {
            Observation observation = Written(false, false, false);
            int[] sizes = Decision.Branches(3, 4);
            for (int branch = 0; branch < sizes.Length; branch++)
            {
                bool any = false;
                for (int choice = 0; choice < sizes[branch]; choice++)
                {
                    any |= BranchMasks.Allows(observation, branch, choice);
                }
                Assert.IsTrue(any);
            }
        }

        private static Observation Written(params bool[] present)
        {
            Observation observation = new Observation(present.Length, 4);
            Masks.Write(observation, present, 2);
            return observation;
        }

        private static Decision Decide(Activity activity, int target, Task second)
        {
            return new Decision(
                new[] { (int)activity, target, 0, 0, 0, (int)second, 1, 0, 0 });
        }
    }
}
