"""What adaptation learns from, of a stream of decisions."""

from agents.adaptation.experience import Experience, LiveTransition, Recorder
from agents.ppo_config import PPOConfig
from policies.policy import AttentionPolicy


def recorded(policy: AttentionPolicy, config: PPOConfig, *stream: LiveTransition) -> Experience:
    """Close the stream of one round of classes into experience."""
    recorder = Recorder(policy, config)
    recorder.start(len(stream[0].ended))
    for move in stream:
        recorder.add(move)
    piece = recorder.close()
    assert piece is not None
    return piece
