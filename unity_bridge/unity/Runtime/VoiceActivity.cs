using UnityEngine;

namespace AttentionLearning
{
    /// <summary>
    /// Tells whether the person at the microphone speaks, from loudness alone: nothing is kept or
    /// sent but that. No scene listens unless somebody adds this component.
    /// </summary>
    [AddComponentMenu("Attention Learning/Voice Activity")]
    public sealed class VoiceActivity : MonoBehaviour
    {
        private const int Frequency = 16000;
        private const int Buffered = 1;
        private const int Heard = 1600;

        [SerializeField]
        [Tooltip("Root mean square from which on it counts as speech.")]
        private float threshold = 0.02f;

        private readonly float[] samples = new float[Heard];
        private AudioClip clip;

        /// <summary>Whether somebody speaks; false where there is no microphone.</summary>
        public bool TryHear(out bool speaking)
        {
            speaking = false;
            int end = clip == null ? 0 : Microphone.GetPosition(null);
            if (end < Heard)
            {
                return clip != null && end > 0;
            }
            clip.GetData(samples, end - Heard);
            float squares = 0f;
            foreach (float sample in samples)
            {
                squares += sample * sample;
            }
            speaking = Mathf.Sqrt(squares / Heard) > threshold;
            return true;
        }

        private void OnEnable()
        {
            if (Microphone.devices.Length > 0)
            {
                clip = Microphone.Start(null, true, Buffered, Frequency);
            }
        }

        private void OnDisable()
        {
            if (clip != null)
            {
                Microphone.End(null);
                clip = null;
            }
        }
    }
}
