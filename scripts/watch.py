"""Watch one class being taught, decision by decision, each with its reason.

Examples:
    python -m scripts.watch                            the reference tutor, in the terminal
    python -m scripts.watch runs/quick --step          your own run; Enter shows the next decision
    python -m scripts.watch --tutor Leitner --seed 3   a rule, and another class
    python -m scripts.watch --gif lesson.gif --lesson 2
    python -m scripts.watch --picture class.png --lesson 2 --decision 5
    python -m scripts.watch --record runs/sessions/a   writes the session down, for scripts.iterate
    python -m scripts.watch --population.forgetting .2     learners who forget more
    python -m scripts.watch --adapters runs/adapted    with what scripts.adapt put in force there
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import tyro
from PIL import Image
from rich.console import Console
from rich.text import Text

from agents.adaptation.in_force import Teaching, teaching
from agents.believed_learners import BelievedLearners
from agents.checkpoint import load_policy
from agents.decision.service import DecisionService
from agents.learner_population import LearnerPopulation
from agents.narration import Chooser, Turn, narrate, service_chooser, tutor_chooser
from agents.presets import TrainConfig
from agents.run_folder import REFERENCE, read_classroom
from agents.tutors.protocol import Privileged
from agents.tutors.registry import make_tutor, names
from envs.course import WATCHING_SEED, Course
from envs.curricula import find
from envs.simulation import Simulation
from envs.view import as_text, draw
from envs.whole_file import write_whole
from scripts.output_path import OutputFile, OutputFolder
from scripts.train import INTERRUPTED
from scripts.watched_record import recorded
from unity_bridge.session_record import LINES

GIF_SIZE: Final = (720, 480)
"""Pixels: small enough for a page, large enough to read the names."""
GIF_COLOURS: Final = 200
TERMINAL_DELAY: Final = 0.5
GIF_DELAY: Final = 1.2


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Watch one class being taught, decision by decision, each with its reason."""

    run: Annotated[Path | None, tyro.conf.Positional] = None
    """Run folder of a trained tutor; default the reference in agents/reference."""
    tutor: str | None = None
    """A rule or reference to watch in place of a trained tutor, by its name in the results."""
    adapters: Path | None = None
    """Folder of `scripts.adapt`: the run's policy teaches with the adapters in force there."""
    seed: int = 0
    """Number of the class among the unseen ones, 0 and up."""
    population: LearnerPopulation = field(default_factory=LearnerPopulation)
    """What the learners are like; default: as the run's, of a rule calibrated."""
    believed: BelievedLearners = field(default_factory=BelievedLearners)
    """What the belief takes them for (see `scripts.adapt --from`; iterate reads no such record)."""
    lesson: int = 0
    """Show this lesson only, 1 and up; 0 shows the whole course."""
    delay: float | None = None
    """Seconds between decisions; default 0.5 in a terminal, none elsewhere, 1.2 in a GIF."""
    step: bool = False
    """Wait for Enter after each decision."""
    gif: OutputFile = None
    """Write an animated GIF there, one frame a decision, in place of the terminal."""
    picture: OutputFile = None
    """Write one PNG there, in place of the terminal."""
    decision: int = 1
    """Which decision shown the picture is of, 1 and up."""
    record: OutputFolder = None
    """Write the whole course into this new folder, as `scripts.unity play` does: what was seen,
    decided and answered, nothing hidden."""

    def check(self) -> None:
        """Raise ValueError where a number is out of range."""
        for name, low in (("seed", 0), ("lesson", 0), ("decision", 1), ("delay", 0)):
            value = getattr(self, name)
            if value is not None and value < low:
                raise ValueError(f"{name} is {value}; expected at least {low}")
        if self.run is not None and self.tutor is not None:
            raise ValueError(f"run is {self.run} and tutor is {self.tutor}; expected one of them")
        if self.adapters is not None and self.tutor is not None:
            raise ValueError(
                f"adapters is {self.adapters} and tutor is {self.tutor!r}; expected a run's policy "
                "for them to adapt"
            )
        if self.record is not None:
            self._check_record(self.record)

    def _check_record(self, record: Path) -> None:
        """Refuse what would not be a whole course, or would tell what nobody can see."""
        if (record / LINES).exists():
            raise ValueError(f"record is {record}, which holds a session; expected a new folder")
        if self.lesson or self.picture is not None:
            raise ValueError(f"record is {record}; expected neither lesson nor picture beside it")
        if self.tutor in names("reference"):
            raise ValueError(
                f"record is {record} and tutor is {self.tutor!r}, which sees the hidden state; "
                "expected a rule or a run"
            )


def trained(
    run: Path | None,
    adapters: Path | None,
    seed: int,
    learners: LearnerPopulation,
    believed: BelievedLearners,
) -> tuple[Simulation, Chooser, Teaching]:
    """Load a run's tutor, and open a classroom of the kind it was trained for.

    Raises:
        ValueError: There is no model; the message says how to get one. Or there are no such
            adapters, or of another policy.
    """
    folder = REFERENCE if run is None else run
    if run is None and not (folder / "config.json").exists():
        raise ValueError(
            "no run is named and agents/reference holds no trained tutor; train one with "
            "`python -m scripts.train`, or watch a rule with `--tutor NAME`"
        )
    config, _ = read_classroom(folder)
    found = teaching(load_policy(folder, "cpu"), adapters)
    if adapters is not None:
        print(f"{folder} teaches {found}")
    population = config.population if learners == LearnerPopulation() else learners
    simulation = classroom(config, seed, population, believed)
    service = DecisionService(found.policy, simulation.curriculum)
    return simulation, service_chooser(service), found


def rule(
    name: str, seed: int, learners: LearnerPopulation, believed: BelievedLearners
) -> tuple[Simulation, Chooser]:
    """Make a rule or a privileged reference, and open a classroom of the default kind for it.

    Raises:
        ValueError: There is no such tutor; the message lists them.
    """
    tutor = make_tutor(name)
    course = replace(Course(), tracer=getattr(tutor, "tracer", None) or Course().tracer)
    on_illegal = getattr(tutor, "on_illegal", "error")
    simulation = classroom(TrainConfig(course=course), seed, learners, believed, on_illegal)
    if isinstance(tutor, Privileged):
        tutor.attach(simulation)
    tutor.reset(1)
    return simulation, tutor_chooser(tutor)


def classroom(
    config: TrainConfig,
    seed: int,
    learners: LearnerPopulation,
    believed: BelievedLearners,
    on_illegal: str = "error",
) -> Simulation:
    """Open one classroom of unseen learners."""
    simulation = Simulation(
        1,
        config.course,
        find(config.curriculum),
        learners.constants,
        believed=believed.constants,
        on_illegal=on_illegal,
    )
    simulation.seed(np.array([WATCHING_SEED + seed]))
    simulation.start()
    return simulation


def turns_of(arguments: Arguments) -> Iterator[Turn]:
    """Teach the class; the turns asked for, one by one.

    Raises:
        ValueError: No such tutor or lesson.
    """
    identity: dict[str, Any] = {"believed": arguments.believed.told}
    who = arguments.seed, arguments.population, arguments.believed
    if arguments.believed.told:
        print(f"the belief takes the learners for {arguments.believed}")
    if arguments.tutor is None:
        simulation, choose, found = trained(arguments.run, arguments.adapters, *who)
        identity |= found.identity
    else:
        simulation, choose = rule(arguments.tutor, *who)
    lessons = simulation.course.lessons
    if arguments.lesson > lessons:
        raise ValueError(f"lesson is {arguments.lesson}; expected at most {lessons}")
    turns = narrate(simulation, choose)
    if arguments.record is not None:
        tutor = arguments.tutor or str(arguments.run or REFERENCE)
        turns = recorded(turns, simulation, arguments.record, tutor=tutor, **identity)
    for turn in turns:
        if arguments.lesson in {0, turn.view.lesson}:
            yield turn
        elif turn.view.lesson > arguments.lesson:
            return


def play(turns: Iterator[Turn], arguments: Arguments) -> None:
    """Show the turns in the terminal."""
    console = Console(highlight=False)
    delay = arguments.delay
    if delay is None:
        delay = TERMINAL_DELAY if console.is_terminal else 0.0
    gain, count = 0.0, 0
    for turn in turns:
        table = as_text(replace(turn.view, reason=""), colours=console.is_terminal)
        heading, _, rest = table.partition("\n")
        console.rule(style="dim")
        console.print(Text(heading, style="bold"))
        cut = console.is_terminal  # a file gets whole lines
        console.print(
            Text.from_ansi(rest),
            no_wrap=True,
            overflow="ellipsis" if cut else "ignore",
            crop=cut,
        )
        console.print(Text(turn.sentence, style="italic"))
        gain, count = turn.view.gain, count + 1
        if arguments.step:
            console.input("[dim]Enter for the next decision[/dim] ")
        else:
            time.sleep(delay)
    console.rule(style="dim")
    console.print(f"{count} decisions; normalised learning gain {gain:.3f}")


def write_gif(turns: Iterator[Turn], path: Path, delay: float | None) -> str:
    """Write one frame a decision, the reason as its caption; returns what was written."""
    pictures = [Image.fromarray(draw(turn.view, *GIF_SIZE)) for turn in turns]
    rare_too = Image.Quantize.MAXCOVERAGE  # by frequency, the small faces would lose their colour
    frames = [picture.quantize(GIF_COLOURS, rare_too) for picture in pictures]
    milliseconds = round(1000 * (GIF_DELAY if delay is None else delay))
    film = {"save_all": True, "append_images": frames[1:], "duration": milliseconds, "loop": 0}
    write_whole(path, lambda aside: frames[0].save(aside, "GIF", **film))
    return f"{path}: {len(frames)} frames, {path.stat().st_size / 1e6:.1f} MB"


def write_picture(turns: Iterator[Turn], path: Path, decision: int) -> str:
    """Write the class after one decision; returns what was written.

    Raises:
        ValueError: There are fewer decisions.
    """
    turn = next(islice(turns, decision - 1, None), None)
    if turn is None:
        raise ValueError(f"decision is {decision}; expected one that the lesson or course has")
    picture = Image.fromarray(draw(turn.view))
    write_whole(path, lambda aside: picture.save(aside, "PNG", optimize=True))
    return f"{path}: lesson {turn.view.lesson}, minute {turn.view.minute:g}"


def show(arguments: Arguments) -> None:
    """Do what was asked for: a GIF, a picture, or the terminal.

    Raises:
        ValueError: An argument is out of range, or there is no such tutor.
    """
    arguments.check()
    turns = turns_of(arguments)
    if arguments.gif is not None:
        print(write_gif(turns, arguments.gif, arguments.delay))
    elif arguments.picture is not None:
        print(write_picture(turns, arguments.picture, arguments.decision))
    else:
        play(turns, arguments)
    if arguments.record is not None:
        print(f"recorded in {arguments.record}")


def main(argv: list[str] | None = None) -> int:
    """Show one class; returns the exit code."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    try:
        show(arguments)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print()
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
