"""How many threads torch takes in training: as many as asked for, or as few as are fast here."""

import hashlib
import json
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import torch
from stable_baselines3.common.logger import Logger

from agents import distributed
from agents.cores import cores
from agents.ppo import ClassroomPPO
from agents.presets import TrainConfig
from agents.speed.models import our_model
from agents.variety import Variety
from envs.user_cache import user_cache
from envs.whole_file import write_json

TURNS: Final = 5
MOST_CLASSROOMS: Final = 64
MOST_DECISIONS: Final = 1024
"""What is timed is a minibatch of the run, or of so many decisions: it shall take seconds."""
WORTH: Final = 1.1
"""More threads must be faster by this factor: within it, timings differ from one run to the next,
and cores are left to others. Chosen."""


def with_threads(config: TrainConfig) -> TrainConfig:
    """Give torch the threads of a run; returns its settings, with a number in place of "auto".

    In several processes all must call it together. The number is kept for later runs in the user's
    cache directory, by what it depends on.
    """
    number = fastest(config) if config.threads == "auto" else config.threads
    torch.set_num_threads(distributed.threads(number))
    return replace(config, threads=number)


def fastest(config: TrainConfig) -> int:
    """The number of threads that was found for such a run on this machine, or is found now."""
    facts = distributed.from_first(lambda: what_decides(config))
    if facts["most"] == 1:
        return 1
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    path = user_cache() / "threads" / f"{digest}.json"
    known = distributed.from_first(lambda: _kept(path))
    if known is not None:
        return known
    seconds = timed(config, candidates(facts["most"]))
    number = distributed.from_first(lambda: fewest(seconds))
    if distributed.is_first():
        write_json(path, {"threads": number, "seconds": seconds, "facts": facts})
    return number


def what_decides(config: TrainConfig) -> dict[str, Any]:
    """What the best number depends on: the machine, torch, and what an update computes."""
    return {
        "processor": _processor(),
        "most": most_threads(config),
        "processes": os.environ.get("LOCAL_WORLD_SIZE", "1"),
        "torch": torch.__version__,
        "policy": asdict(config.policy),
        "auxiliary": asdict(config.ppo.auxiliary),
        "precision": config.ppo.precision,
        "batch": config.ppo.batch,
        "classrooms": config.classrooms,
        "learners": config.course.learners,
        "curriculum": config.curriculum,
        "env": config.env,
    }


def most_threads(config: TrainConfig) -> int:
    """The cores that are left to this process; 1 where a GPU computes.

    OMP_NUM_THREADS, which torchrun sets to 1 unless told otherwise, lowers them.
    """
    if config.device != "cpu" and torch.cuda.is_available():
        return 1
    limit = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]  # the rest: of nested teams
    return distributed.threads(min(cores(), int(limit)) if limit.isdigit() else cores())


def candidates(most: int) -> list[int]:
    """1, 2, 4, ... and the most."""
    return [*(2**power for power in range((most - 1).bit_length())), most]


def fewest(seconds: Mapping[int, float]) -> int:
    """The smallest number that none is faster than by more than `WORTH`."""
    best = min(seconds.values())
    return min(number for number, spent in seconds.items() if spent <= WORTH * best)


def timed(config: TrainConfig, numbers: Sequence[int]) -> dict[int, float]:
    """Median seconds of a pass over a minibatch of the run by the number of threads, in turns."""
    model = small_model(config)
    turns = [[_pass(model, number) for number in numbers] for _ in range(TURNS + 1)][1:]
    columns = zip(*turns, strict=True)
    return {n: statistics.median(column) for n, column in zip(numbers, columns, strict=True)}


def small_model(config: TrainConfig) -> ClassroomPPO:
    """The run's model with a rollout of one minibatch in few classrooms, which it has played."""
    size = distributed.size()
    rooms = max(1, min(config.classrooms, MOST_CLASSROOMS) // size) * size
    decisions = min(config.ppo.batch, MOST_DECISIONS)
    ppo = replace(config.ppo, steps=-(-decisions // rooms), epochs=1, target_kl=None)
    model = our_model(replace(config, classrooms=rooms, variety=Variety(), ppo=ppo))
    model.set_logger(Logger(folder=None, output_formats=[]))
    model.learn(ppo.steps * rooms)
    return model


def _pass(model: ClassroomPPO, threads: int) -> float:
    torch.set_num_threads(threads)
    begin = time.perf_counter()
    model.train()
    return time.perf_counter() - begin


def _processor() -> str:
    """The processor's model as Linux names it; elsewhere what Python knows of it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else f"{platform.machine()} {platform.processor()}"


def _kept(path: Path) -> int | None:
    return int(json.loads(path.read_text(encoding="utf-8"))["threads"]) if path.exists() else None
