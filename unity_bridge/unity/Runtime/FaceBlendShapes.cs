using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Reads a face that a headset's own package drives by blend shapes, whatever package that is:
    /// name the shapes of its mesh here.
    /// </summary>
    [AddComponentMenu("Attention Learning/Face Blend Shapes")]
    public sealed class FaceBlendShapes : MonoBehaviour
    {
        private const float FullWeight = 100f;

        [SerializeField]
        private SkinnedMeshRenderer face;

        [SerializeField]
        private string eyesClosed = "eyeBlinkLeft";

        [SerializeField]
        private string browLowered = "browDownLeft";

        [SerializeField]
        private string mouthFrown = "mouthFrownLeft";

        /// <summary>The face now; false where no mesh is set or it lacks the shapes.</summary>
        public bool TryRead(out FaceSigns signs)
        {
            double closed = 0.0;
            double brow = 0.0;
            double frown = 0.0;
            bool seen = face != null
                && TryWeight(eyesClosed, out closed)
                && TryWeight(browLowered, out brow)
                && TryWeight(mouthFrown, out frown);
            signs = new FaceSigns
            {
                EyesOpen = 1.0 - closed,
                BrowLowered = brow,
                MouthFrown = frown,
            };
            return seen;
        }

        private bool TryWeight(string shape, out double weight)
        {
            int index = face.sharedMesh == null ? -1 : face.sharedMesh.GetBlendShapeIndex(shape);
            weight = index < 0 ? 0.0 : face.GetBlendShapeWeight(index) / FullWeight;
            return index >= 0;
        }
    }
}
