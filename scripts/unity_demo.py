"""`scripts.unity demo`: a trained tutor teaches one class, in a build and in the simulation."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import gymnasium as gym
import numpy as np
import tyro
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agents.checkpoint import load_policy
from agents.decision.service import DecisionService
from agents.decision.wording import sentence
from agents.run_folder import REFERENCE, read_classroom
from agents.speed.exchanges import EMPTY, exchanges_per_second
from agents.unity_model.packages import INSTALL, missing
from envs.classroom import ClassroomEnv, Observation
from envs.course import WATCHING_SEED
from envs.curricula import find
from policies.policy import AttentionPolicy
from scripts.output_path import OutputFile, write_results
from unity_bridge.build import COMPILING_SECONDS, BuildSettings, write_build
from unity_bridge.classroom_env import UnityClassroomEnv
from unity_bridge.connection import Player
from unity_bridge.transport import Listening

PATIENT: Final = Listening(connect_seconds=COMPILING_SECONDS)
QUICK_LESSONS, QUICK_SECONDS = 1, 0.5
DECISIONS, QUICK_DECISIONS = 1000, 200
"""Of the exported tutor, timed."""


class Turn(NamedTuple):
    """One decision of the tutor, and what came of it."""

    seen: Observation
    action: NDArray[np.int64]
    sentence: str
    reward: float
    info: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A trained tutor teaches one unseen class in a stand-in build, and gives its reasons.

    The build is launched and spoken to as a Unity build. The same class in the simulation must go
    the same way, to the last bit.
    """

    tutor: Annotated[Path, tyro.conf.Positional] = REFERENCE
    """Run folder of the tutor; default the reference in agents/reference."""
    seed: int = 0
    """Number of the class among the unseen ones, 0 and up."""
    seconds: float = 2.0
    """For each measurement of speed, above 0."""
    quick: bool = False
    """One lesson only, and short measurements."""
    json: OutputFile = None
    """Where to write the figures as JSON."""

    def run(self) -> int:
        """Teach, compare, measure; 0 where the two classes went the same way."""
        self._check()
        config, _ = read_classroom(self.tutor)
        lessons = QUICK_LESSONS if self.quick else config.course.lessons
        course = replace(config.course, lessons=lessons)
        settings = BuildSettings(course=course, curriculum=find(config.curriculum), classrooms=1)
        service = DecisionService(load_policy(self.tutor, "cpu"), settings.curriculum)
        console = Console(highlight=False)
        with tempfile.TemporaryDirectory() as folder:
            native = ClassroomEnv(course=course, curriculum=settings.curriculum)
            ours = list(self._teach(native, service))
            theirs = self._teach_in_build(Path(folder), service, settings, console)
            seconds = QUICK_SECONDS if self.quick else self.seconds
            speeds = exchanges_per_second(settings, seconds, repeats=1)
        results = {
            "parity": same_lesson(ours, theirs),
            "nlg_native": float(ours[-1].info["nlg_delayed"]),
            "nlg_unity": float(theirs[-1].info["nlg_delayed"]),
            "decisions": len(theirs),
            "exchanges_per_s": speeds,
            "onnx_p99_ms": onnx_p99(service.policy, settings, quick=self.quick),
        }
        show(results, console)
        if self.json is not None:
            write_results(self.json, results)
        return 0 if results["parity"] else 1

    def _check(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; expected at least 0")
        if self.seconds <= 0:
            raise ValueError(f"seconds is {self.seconds}; expected above 0")

    def _teach_in_build(
        self, folder: Path, service: DecisionService, settings: BuildSettings, console: Console
    ) -> list[Turn]:
        """Launch a build and teach in it, printing every reason."""
        env = UnityClassroomEnv(Player(build=str(write_build(folder, settings))), listening=PATIENT)
        try:
            connection = env.link.connection
            console.print(
                f"connected: {env.link.behaviour}, ML-Agents package "
                f"{connection.package_version}, protocol {connection.protocol_version}, "
                f"port {connection.port}"
            )
            turns, minute = [], 0.0
            for turn in self._teach(env, service):
                line = f"{minute:5.1f} min  {turn.sentence}"
                console.print(line, soft_wrap=not console.is_terminal, markup=False)
                minute += turn.info["minutes"]
                turns.append(turn)
            return turns
        finally:
            env.close()

    def _teach(self, env: gym.Env[Any, Any], service: DecisionService) -> Iterator[Turn]:
        """Teach the class to the end of its course, decision by decision."""
        service.reset()
        seen, _ = env.reset(seed=WATCHING_SEED + self.seed)
        over = False
        while not over:
            decision = service.decide(seen)
            action = np.array(decision.action)
            following, reward, terminated, truncated, info = env.step(action)
            yield Turn(seen, action, sentence(decision), float(reward), info)
            seen, over = following, terminated or truncated


def same_lesson(ours: list[Turn], theirs: list[Turn]) -> bool:
    """Whether two classes went the same way, bit for bit in float32."""
    return len(ours) == len(theirs) and all(
        all(np.array_equal(own.seen[key], other.seen[key]) for key in own.seen)
        and np.array_equal(own.action, other.action)
        and np.float32(own.reward) == np.float32(other.reward)
        and own.info.keys() == other.info.keys()
        and all(
            np.array_equal(np.float32(own.info[name]), np.float32(other.info[name]))
            for name in own.info
        )
        for own, other in zip(ours, theirs, strict=True)
    )


def onnx_p99(policy: AttentionPolicy, settings: BuildSettings, *, quick: bool) -> float | None:
    """Milliseconds that 99 of 100 decisions of the exported tutor take at most, on one core.

    None where the optional packages for it are missing.
    """
    if missing():
        return None
    from agents.unity_model.delivery import Delivery  # noqa: PLC0415  # needs optional packages

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tutor.onnx"
        delivery = Delivery(policy, settings.course, settings.curriculum, path)
        delivery.write()
        return delivery.latency(QUICK_DECISIONS if quick else DECISIONS)["p99"]


def show(results: dict[str, Any], console: Console) -> None:
    """Print the figures as a table."""
    table = Table("figure", "value", title="the same class, in the simulation and in the build")
    table.add_row("went the same way, bit for bit", "yes" if results["parity"] else "NO")
    table.add_row("decisions", str(results["decisions"]))
    table.add_row("NLG, simulation", f"{results['nlg_native']:.4f}")
    table.add_row("NLG, build", f"{results['nlg_unity']:.4f}")
    for classrooms, speed in results["exchanges_per_s"].items():
        if classrooms != EMPTY:
            value = f"{speed:,.0f} exchanges/s = {speed * int(classrooms):,.0f} decisions/s"
            table.add_row(f"speed, {classrooms} classrooms in a build", value)
    slowest = results["onnx_p99_ms"]
    value = escape(f"not measured; {INSTALL}") if slowest is None else f"{slowest:.1f} ms"
    table.add_row("exported tutor, 99 of 100 decisions within", value)
    console.print(table)
