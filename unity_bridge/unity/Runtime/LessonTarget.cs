using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Marks what belongs to the lesson (board, tutor, items, one's desk): looking at it counts as
    /// attending. The object needs a collider.
    /// </summary>
    [AddComponentMenu("Attention Learning/Lesson Target")]
    public sealed class LessonTarget : MonoBehaviour
    {
        private const float Farthest = 50f;

        /// <summary>Whether a ray first meets something that belongs to the lesson.</summary>
        /// <param name="ray">From the eyes.</param>
        /// <param name="hit">What it meets, or a point far along it.</param>
        public static bool IsHit(Ray ray, out RaycastHit hit)
        {
            if (Physics.Raycast(ray, out hit, Farthest))
            {
                return hit.collider.GetComponentInParent<LessonTarget>() != null;
            }
            hit.point = ray.GetPoint(Farthest);
            return false;
        }
    }
}
