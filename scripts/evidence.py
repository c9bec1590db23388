"""Train every policy that the report compares with: `scripts.report --runs` takes the folder.

In their own folder, KIND/NAME-SEED: on small drills whose optimum is known, on the peers'
benchmarks (ours, and stock PPO with an MLP), on other learner families, and in the settings of
`scripts.transfer`. What has been trained is not trained again.

Examples:
    python -m scripts.evidence                                   hours; again after Ctrl-C: goes on
    python -m scripts.evidence --kinds drills --seeds 0 1 2 3 4
    python -m scripts.evidence --kinds families --names mixture
    python -m scripts.evidence --quick                           a smoke run of everything, minutes
"""

import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import tyro

from agents.peers import mlp
from agents.run_folder import RESULTS, RUNS, check_same
from envs.learners.family import BETWEEN_NAMES, FAMILIES
from scripts import train

DRILL: Final = (
    "--preset quick --decisions 300_000 --classrooms 128 --ppo.batch 1024 --ppo.gamma 1 "
    "--ppo.gae-lambda 0.98"
)
"""Episodes of some ten decisions need no discount. In the drill `ordered` a training with .99 (seed
0, 150,000 decisions) came to 92.6 % of the optimal gain, this one (seed 100, on which it was
chosen) to 99.1 %."""
FLASHCARDS: Final = ("efc", "hlr", "dash")
PEER_DECISIONS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(("kss-5", "kss-20", *FLASHCARDS), 300_000) | {"kss-10": 1_200_000}
)
"""Of ours and of stock PPO. KSS at 10 steps: on 300 tuning learners seed 100 came to .580 with four
times the decisions of five seeds that came to .539; at 5 and 20 steps more was not tried."""
CARD_DISCOUNT: Final = 0.9
CARDS: Final = f"--preset quick --ppo.gamma {CARD_DISCOUNT} --ppo.gae-lambda 0.9"
"""What a card gains shows in the next few of 200 decisions; a discount of .99 or .999 drowns that
in noise (mean recall .33 and .31 where .9 reached .38 and chance .33; efc, seeds 0 and 100)."""
CLASS: Final = "--preset quick --decisions 98_304 --evaluation-classes 0 --inspection-rollouts 0"
MIXED: Final = CLASS.replace("98_304", "589_824")
"""Of six families in one training each has as many decisions as where it is alone."""
MIXTURE: Final = BETWEEN_NAMES.join(FAMILIES)
WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "drills": {
            name: f"{DRILL} --env envs.drill.suite:{name}"
            for name in ("ordered", "separate", "observed", "pair", "four")
        },
        "peers": {
            name: f"{CARDS if name in FLASHCARDS else '--preset quick'} --decisions {decisions} "
            f"--env envs.peers.suite:{name.replace('-', '_')}"
            for name, decisions in PEER_DECISIONS.items()
        },
        "families": {
            **{name: f"{CLASS} --course.family {name}" for name in FAMILIES},
            "mixture": f"{MIXED} --course.family {MIXTURE}",
            "mixture-varied": f"{MIXED} --course.family {MIXTURE} --variety.groups 16 "
            "--variety.constants",
        },
        "specialists": {
            **{f"{n}-learners": f"{CLASS} --course.learners {n}" for n in (4, 16)},
            **{f"{n}-concepts": f"{CLASS} --curriculum generated-{n}-0" for n in (8, 32)},
            **{f"{n}-lessons": f"{CLASS} --course.lessons {n}" for n in (3, 12)},
        },
    }
)
"""By kind and name what `scripts.train` is told. Specialists: the settings within a factor of two
of the default's size or length."""
MLP: Final = "mlp"
"""The kind of stock PPO, on the same benchmarks with the same number of decisions."""
STOCK: Final[Mapping[str, mlp.MlpSettings]] = MappingProxyType(
    {
        name: mlp.MlpSettings(gamma=CARD_DISCOUNT if name in FLASHCARDS else 1.0)
        for name in WORDS["peers"]
    }
)
"""How stock PPO is trained on each benchmark, but for the number of decisions."""
KINDS: Final = (*WORDS, MLP)
QUICK_DECISIONS: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Train what the report compares with."""

    kinds: tuple[str, ...] = KINDS
    """What to train: drills, peers, families, specialists, mlp."""
    names: tuple[str, ...] = ()
    """Of these kinds, default all."""
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Training seeds of each."""
    folder: Path = RUNS / "evidence"
    """Where the run folders go."""
    quick: bool = False
    """The small form: the first seed, and some thousand decisions."""

    def __post_init__(self) -> None:
        """Refuse what would fail hours later."""
        for kind in self.kinds:
            if kind not in KINDS:
                raise ValueError(f"kinds has {kind!r}; expected some of {', '.join(KINDS)}")
        known = {name for kind in self.kinds for name in WORDS[_named_as(kind)]}
        for name in self.names:
            if name not in known:
                raise ValueError(f"names has {name!r}; expected some of {', '.join(sorted(known))}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds are {self.seeds}; expected at least one, each once")

    @property
    def place(self) -> Path:
        """Where the run folders of this form go."""
        return self.folder / "quick" if self.quick else self.folder


def _named_as(kind: str) -> str:
    return "peers" if kind == MLP else kind


def trainings(arguments: Arguments) -> Iterator[tuple[str, str, int, Path]]:
    """Kind, name, seed and run folder of each; seed by seed, so that whole seeds come first."""
    for seed in arguments.seeds[:1] if arguments.quick else arguments.seeds:
        for kind in arguments.kinds:
            for name in WORDS[_named_as(kind)]:
                if not arguments.names or name in arguments.names:
                    yield kind, name, seed, arguments.place / kind / f"{name}-{seed}"


def train_one(kind: str, name: str, seed: int, run: Path, *, quick: bool) -> int:
    """Train unless it is there; the trainer's exit code.

    Raises:
        ValueError: The folder holds a run with other settings.
    """
    if kind == MLP:
        decisions = QUICK_DECISIONS if quick else PEER_DECISIONS[name]
        mlp.train(name, seed, replace(STOCK[name], decisions=decisions), run)
        return 0
    words = [*shlex.split(WORDS[kind][name]), "--seed", str(seed), "--run", str(run)]
    words += ["--decisions", str(QUICK_DECISIONS)] if quick else []
    if (run / RESULTS).exists():
        check_same(run, train.parse(words).train, seed)
        return 0
    return train.main(words)


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    todo = list(trainings(arguments))
    for number, (kind, name, seed, run) in enumerate(todo, start=1):
        print(f"{number} of {len(todo)}: {kind}, {name}, seed {seed}", flush=True)
        try:
            code = train_one(kind, name, seed, run, quick=arguments.quick)
        except KeyboardInterrupt:
            code = train.INTERRUPTED
        except ValueError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        if code:
            print("the same command goes on", file=sys.stderr)
            return code
    print(f"python -m scripts.report --runs {arguments.place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
