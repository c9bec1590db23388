"""A trained policy as a tutor among the others."""

import torch

from agents.tutors.protocol import Actions, Kind, Observation
from policies.policy import AttentionPolicy

SAMPLING_SEED = 0
"""Evaluation samples as training did. The likeliest choices gain as much in the course trained on
(either way -.0004 NLG beside the best rule), and less in longer ones (32 tuning classes)."""


class TrainedPolicy:
    """Teaches with the policy's likeliest choices, or with sampled ones.

    Args:
        policy: Made for the sizes of the classrooms it will teach.
        name: In tables.
        seed: None takes the likeliest choices; a number samples, repeatably.
        trained_on: Seeds of the classes that the policy was trained on.
    """

    def __init__(
        self,
        policy: AttentionPolicy,
        name: str = "policy",
        seed: int | None = None,
        trained_on: range = range(0),
    ) -> None:
        policy.set_training_mode(False)
        self.policy, self.name, self.trained_on = policy, name, trained_on
        self.kind: Kind = "policy"
        self._generator = None if seed is None else torch.Generator(policy.device).manual_seed(seed)

    def reset(self, batch: int) -> None:
        """Sample anew from the seed; there is nothing else to forget."""
        del batch
        if self._generator is not None:
            self._generator.manual_seed(self._generator.initial_seed())

    def act(self, observation: Observation) -> Actions:
        """Decide for B classrooms, (B, 3 + 2 S)."""
        device, generator = self.policy.device, self._generator
        tensors = {key: torch.as_tensor(array, device=device) for key, array in observation.items()}
        with torch.no_grad():
            decision = self.policy.decide(
                tensors, deterministic=generator is None, generator=generator
            )
        actions: Actions = decision.actions.cpu().numpy()
        return actions
