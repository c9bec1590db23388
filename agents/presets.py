"""Training presets: complete settings as data, with what each is for."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from agents.imitation import WarmStart
from agents.learner_population import LearnerPopulation
from agents.ppo_config import EntropyWeights, PPOConfig
from agents.random_play import reward_scale
from agents.variety import Variety
from envs.classroom import DEFAULT_CURRICULUM
from envs.course import Course
from envs.entry_point import find_classroom
from policies.config import PolicyConfig


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Everything that decides what a training run learns, beside its seed."""

    decisions: int = 400_000
    """Decisions to learn from after imitation, over all classrooms; a course of the default size
    takes about 190."""
    classrooms: int = 64
    """Classrooms taught at the same time, by all processes together; more make each update's
    estimate steadier."""
    threads: int | Literal["auto"] = 1
    """CPU threads for the network of each process: more pay only for a wide one. Results repeat bit
    for bit only with the same number. auto: as many as are fastest for such a run on this machine,
    measured for some seconds at the first one, and written into the run's settings as a number."""
    simulation_threads: int = 1
    """CPU threads for the classrooms; more pay from about 4,096 of them, and change no result."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the network runs: auto takes a CUDA device where there is one."""
    env: str | None = None
    """An environment of your own as module:factory, in place of the built-in classroom."""
    curriculum: str = DEFAULT_CURRICULUM
    """What is taught: a built-in curriculum's name, generated-SIZE-SEED, or a path of JSON."""
    course: Course = field(default_factory=Course)
    """Who is taught, for how long, and what the tutor is told."""
    population: LearnerPopulation = field(default_factory=LearnerPopulation)
    """What the learners are like; the tutor's belief takes them for calibrated ones all the same,
    as in evaluation."""
    variety: Variety = field(default_factory=Variety)
    """What differs between groups of classrooms."""
    policy: PolicyConfig = field(default_factory=lambda: PolicyConfig(layers=1))
    """Sizes of the network."""
    ppo: PPOConfig = field(default_factory=PPOConfig)
    """The learning algorithm."""
    warm_start: WarmStart = field(default_factory=WarmStart)
    """Imitation of a rule before reinforcement learning."""
    init: str | None = None
    """Run folder whose trunk to start from, as `scripts.pretrain` makes it; what chooses and what
    values start anew unless init_parts says otherwise."""
    init_parts: Literal["trunk", "policy"] = "trunk"
    """What to take from the run of init: its trunk alone, or the whole policy, to go on with it."""
    checkpoint_minutes: float = 2.0
    """Wall-clock minutes between checkpoints; a resumed run continues from the last one."""
    inspection_rollouts: int = 25
    """Rollouts between two looks at a fixed class in TensorBoard; 0 shows none."""
    evaluation_classes: int = 256
    """Unseen classes on which the trained tutor is tried at the end, those on which settings may be
    chosen: the classes of `scripts.evaluate` stay unused; 0 skips it."""

    def __post_init__(self) -> None:
        """Check the counts that would otherwise fail far from here."""
        least = {"decisions": 1, "classrooms": 1, "threads": 1, "simulation_threads": 1}
        for name, low in (least | {"evaluation_classes": 0, "inspection_rollouts": 0}).items():
            if getattr(self, name) != "auto" and getattr(self, name) < low:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {low}")
        if self.variety.groups > self.classrooms:
            raise ValueError(
                f"variety.groups is {self.variety.groups}; expected at most {self.classrooms}, "
                "a classroom each"
            )
        if self.env is not None:
            self._check_own(self.env)

    def _check_own(self, env: str) -> None:
        """Refuse what is of the built-in classroom alone."""
        for name, value, expected in (
            ("warm_start.tutor", self.warm_start.tutor, "none"),
            ("inspection_rollouts", self.inspection_rollouts, 0),
            ("curriculum", self.curriculum, DEFAULT_CURRICULUM),
            ("course", self.course, Course()),
            ("population", self.population, LearnerPopulation()),
            ("variety", self.variety, Variety()),
        ):
            if value != expected:
                raise ValueError(
                    f"{name} is {value!r} and env is {env!r}; expected {name} as it is without "
                    "being set: it is of the built-in classroom alone"
                )

    def class_seeds(self, seed: int) -> range:
        """Seeds of the classes that teach a run with this seed, which no other seed's run meets.

        Episodes make new learners of them.
        """
        return range(seed * self.classrooms, (seed + 1) * self.classrooms)


BEST_RULE: Final = "greedy on belief"

PRESETS = MappingProxyType(
    {
        "quick": TrainConfig(
            decisions=24_576,
            warm_start=WarmStart(tutor=BEST_RULE, rollouts=6),
            evaluation_classes=32,
        ),
        "default": TrainConfig(warm_start=WarmStart(tutor=BEST_RULE, rollouts=48)),
        "large": TrainConfig(
            decisions=40_000_000,
            classrooms=4096,
            warm_start=WarmStart(tutor=BEST_RULE, rollouts=8),
            simulation_threads=8,
            policy=PolicyConfig(width=64, layers=3, edge_width=32),
            ppo=PPOConfig(batch=16_384, learning_rate=5e-4),
            evaluation_classes=512,
        ),
        "reference": TrainConfig(
            decisions=1_000_000,
            classrooms=128,
            warm_start=WarmStart(tutor=BEST_RULE, rollouts=48),
            ppo=PPOConfig(batch=1024, entropy=EntropyWeights(final_share=0.03)),
            evaluation_classes=512,
        ),
    }
)
"""quick: a smoke run of a minute. default: one CPU core, under 15 minutes. large: one GPU.
reference: one CPU core for 40 minutes; a second layer gained nothing (.380 against .381 NLG, three
and five seeds on an earlier calibration of the learners) and took twice as long."""


def for_own_environment(preset: TrainConfig, env: str) -> TrainConfig:
    """Change a preset for an environment of one's own.

    No rule can be imitated and no class drawn there. Rewards are scaled by the size they have in
    random episodes, but not taken less their running mean: what ends an episode early must not look
    good because it saves time. Discounts are those of stable-baselines3's PPO: the classroom's own
    are for courses of hours (in the drill `ordered` they reached 94.1 % of the optimal gain where
    no discount reached 96.9 %, one seed each).

    Raises:
        ValueError: There is no such environment, or it contradicts the contract.
    """
    ppo = replace(preset.ppo, gamma=0.99, gae_lambda=0.95)
    classroom = find_classroom(env)()
    scale = reward_scale(classroom, ppo.gamma, ppo.reward_scale)
    classroom.close()
    return replace(
        preset,
        env=env,
        warm_start=WarmStart(),
        inspection_rollouts=0,
        ppo=replace(ppo, differential=False, reward_scale=scale),
    )
