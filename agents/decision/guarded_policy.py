"""A trained policy under guard-rails, as a tutor among the others."""

from agents.decision.guard import Guard
from agents.decision.guard_rails import GuardRails
from agents.tutors.protocol import Actions, Kind, Observation
from agents.tutors.trained_policy import TrainedPolicy


class GuardedPolicy:
    """Teaches as the policy does, within the rules.

    Args:
        tutor: The policy, used by nobody else at the same time.
        limits: Of the rules.

    Attributes:
        guard: Counts the vetoes.
    """

    def __init__(self, tutor: TrainedPolicy, limits: GuardRails) -> None:
        self._tutor, self.guard = tutor, Guard(limits)
        self.name, self.trained_on = f"{tutor.name}, guarded", tutor.trained_on
        self.kind: Kind = tutor.kind

    def reset(self, batch: int) -> None:
        """Begin new classes; the counts of vetoes go on."""
        self._tutor.reset(batch)
        self.guard.reset()

    def act(self, observation: Observation) -> Actions:
        """Decide for B classrooms, (B, 3 + 2 S)."""
        actions = self._tutor.act(observation)
        return self.guard.apply(self._tutor.policy, observation, actions).actions
