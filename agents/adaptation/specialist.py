"""What a policy trained on the shift gains: the yardstick of adaptation."""

from dataclasses import replace
from pathlib import Path

from agents.adaptation.shelf import digest
from agents.adaptation.shifts import Shift
from agents.checkpoint import has_model, load_policy, read_metadata, save_policy
from agents.ppo import ClassroomPPO
from agents.sb3_adapter import SB3Classrooms
from agents.trained_run import TrainedRun
from envs.constants import Constants
from envs.vector import ClassroomVectorEnv
from policies.policy import AttentionPolicy

LEARNING_RATE = 3e-4
"""At the start: what the policy can do already is to be kept. Chosen."""


def specialist(
    shift: Shift, deployed: TrainedRun, decisions: int, seed: int, folder: Path
) -> AttentionPolicy:
    """Train the deployed policy further on the shift by the simulator's own reward.

    Privileged twice: by the hidden reward, and by far more classes than adaptation sees. One found
    in the folder is used.

    Args:
        shift: Whom and what it teaches.
        deployed: Where training starts.
        decisions: To learn from.
        seed: Of the training.
        folder: Where the policy is kept.

    Raises:
        ValueError: The folder holds one that was trained otherwise.
    """
    asked = {"decisions": decisions, "seed": seed, "deployed": digest(deployed.tutor.policy)}
    if not has_model(folder):
        save_policy(_trained(shift, deployed, decisions, seed), folder, asked)
    elif (held := read_metadata(folder)) != asked:
        raise ValueError(f"{folder} holds a specialist of {held}; expected {asked}, or no folder")
    return load_policy(folder, "cpu")


def _trained(shift: Shift, deployed: TrainedRun, decisions: int, seed: int) -> AttentionPolicy:
    config = deployed.config
    env = SB3Classrooms(
        ClassroomVectorEnv(
            config.classrooms,
            course=shift.course(config),
            curriculum=shift.subject(config),
            constants=shift.constants(config),
            believed=Constants(),
        )
    )
    env.set_options({"spread": True})
    model = ClassroomPPO(
        env=env,
        config=replace(config.ppo, learning_rate=LEARNING_RATE),
        policy_config=config.policy,
        seed=seed,
        device="cpu",
    )
    model.policy.load_state_dict(deployed.tutor.policy.state_dict())
    model.learn(decisions)
    return model.policy
