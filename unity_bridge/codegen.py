"""What of the Unity package is generated: C# that says of the contract what Python says.

`ClassroomLayout.cs` holds the names, orders and constants of `envs.spaces`, `envs.activities` and
`unity_bridge.layout`, so that Unity cannot disagree with Python unnoticed. Run again after any
change of these; `stale` says whether that was forgotten.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from envs import activities, spaces
from envs.affect import Affect
from envs.answering import QUICKEST_SECONDS, SLOWEST_SECONDS
from envs.constants import Constants
from envs.contract_sizes import AXES
from envs.course import LARGEST_CLASS, LARGEST_CURRICULUM
from envs.observing import MINUTES_SCALE
from envs.population import UNCUED_MINUTES
from envs.whole_file import write_text
from unity_bridge.asset_ids import meta_files
from unity_bridge.channel_messages import CHANNEL_ID, VERSION
from unity_bridge.layout import BEHAVIOUR, TRAINING_FIELDS, Field, Layout, fingerprint

PACKAGE: Final = Path(__file__).parent / "unity"
LAYOUT: Final = Path("Runtime/Contract/ClassroomLayout.cs")
_SOURCE: Final = """\
// Made by `python -m scripts.unity codegen`; changes belong into envs/spaces.py.
using System.Collections.Generic;

namespace AttentionLearning
{
%s
    /// <summary>The contract with Python: names, orders and constants, generated from it.</summary>
    public static class ClassroomLayout
    {
%s
        /// <summary>Find a field by its name.</summary>
        /// <exception cref="KeyNotFoundException">The contract has no such field.</exception>
        public static ClassroomField Field(string name)
        {
            foreach (ClassroomField field in Fields)
            {
                if (field.Name == name)
                {
                    return field;
                }
            }
            throw new KeyNotFoundException("the contract has no field " + name);
        }
    }
}
"""


def layout_source() -> str:
    """The text of `ClassroomLayout.cs`."""
    enums = (
        _enum(activities.Activity, "The tutor's own activity during one decision."),
        _enum(activities.Task, "What the plan sets one learner to do while left free."),
        _enum(activities.Occupation, "What one learner really does during a step."),
        _enum(Affect, "How a learner feels."),
    )
    members = (*_numbers(), *_tables(), _channels(), _fields())
    return _SOURCE % ("\n".join(enums), "\n".join(members))


def generated(package: Path = PACKAGE) -> dict[Path, str]:
    """Every generated file of the package, by path: the layout, and Unity's .meta files."""
    return {package / LAYOUT: layout_source()} | meta_files(package)


def stale(package: Path = PACKAGE) -> list[Path]:
    """Generated files that are out of date; empty where none is.

    They are missing, differ from what would be generated now, or belong to nothing any more.
    """
    made = generated(package)
    known = [path for path in made if path.exists()]
    changed = [path for path in known if path.read_text(encoding="utf-8") != made[path]]
    left_over = [path for path in package.rglob("*.meta") if path not in made]
    return sorted({*made} - {*known} | {*changed} | {*left_over})


def write(package: Path = PACKAGE) -> list[Path]:
    """Bring the generated files up to date; returns those that were not."""
    outdated = stale(package)
    write_text(package / LAYOUT, layout_source())  # first, as its .meta file follows from it
    made = generated(package)
    for path in outdated:
        if path in made:
            write_text(path, made[path])
        else:
            path.unlink()
    return outdated


def _numbers() -> Iterable[str]:
    constants = Constants()
    attention, time, sensors = constants.attention, constants.time, constants.sensors
    yield _constant("string", "Fingerprint", fingerprint(), "Changes with any name or order.")
    yield _constant("string", "Behaviour", BEHAVIOUR, "Name of the behaviour on the wire.")
    yield _constant("string", "ChannelId", str(CHANNEL_ID), "Of the classroom's side channel.")
    yield _constant("int", "MessageVersion", VERSION, "Of the messages on that channel.")
    yield _constant("int", "Activities", activities.ACTIVITIES, "Number of activities.")
    yield _constant("int", "Tasks", activities.TASKS, "Number of tasks.")
    yield _constant("int", "LargestClass", LARGEST_CLASS, "Most learners of one class.")
    yield _constant("int", "LargestCurriculum", LARGEST_CURRICULUM, "Most concepts.")
    yield _constant("int", "StepSeconds", activities.SECONDS_PER_STEP, "Length of a step.")
    minutes = activities.SECONDS_PER_STEP / 60.0
    yield _constant("double", "StepMinutes", minutes, "Length of a step in minutes.")
    yield _constant("float", "Limit", spaces.LIMIT, "Bound of every number observed.")
    yield _constant("double", "MinutesScale", MINUTES_SCALE, "Minutes are observed in these.")
    yield _constant("double", "UncuedMinutes", UNCUED_MINUTES, "Since the last cue, before any.")
    yield _constant("double", "SecondsLogMean", time.seconds_log_mean, "Usual time on an item.")
    yield _constant("double", "SecondsLogSd", time.seconds_log_sd, "Spread of that time.")
    yield _constant("double", "QuickestSeconds", QUICKEST_SECONDS, "Least time on an item.")
    yield _constant("double", "SlowestSeconds", SLOWEST_SECONDS, "Most time on an item.")
    yield _constant("double", "SeatBehind", attention.contagion_behind, "Weight of the seat ahead.")
    yield _constant("double", "UsualShare", attention.usual_share, "Usual attending share.")
    for modality in spaces.MODALITIES:
        name = f"{modality.capitalize()}Shift"
        about = f"Mean shift in noise sds of attending against lapsed: {modality}."
        yield _constant("double", name, getattr(sensors, modality), about)


def _tables() -> Iterable[str]:
    yield _array("string", "Scenes", spaces.SCENES, "Kinds of lesson.")
    yield _array("double", "Minutes", activities.MINUTES.tolist(), "Length of each activity.")
    for name, values, about in (
        ("ClaimsClass", activities.CLAIMS_CLASS, "Whether an activity suspends all tasks."),
        ("AddressesLearner", activities.ADDRESSES_LEARNER, "Whether it may address one learner."),
        ("AddressesClass", activities.ADDRESSES_CLASS, "Whether its target may be the class."),
        ("UsesConcept", activities.USES_CONCEPT, "Whether it is about a concept."),
    ):
        yield _array("bool", name, values.tolist(), about)


def _channels() -> str:
    rows = [f"{{ {_literal(m)}, {_list('string', own)} }}" for m, own in spaces.CHANNELS.items()]
    about = "Channels of every modality, in order."
    return _table("Dictionary<string, string[]>", "Channels", rows, about)


def _fields() -> str:
    rows = [_field(field) for field in Layout(2, 2).fields]
    return _table("ClassroomField[]", "Fields", rows, "Fields, sorted by name.")


def _field(field: Field) -> str:
    """A field of any class size: its axes by letter, its features by name."""
    if field.name in TRAINING_FIELDS:
        shapes = Layout(2, 2).parts(field.name)
        larger = Layout(3, 2).parts(field.name)
        words = [
            _new(part, ("S" if larger[part] != shape else "A") if shape else "")
            for part, shape in shapes.items()
        ]
        return _call(field.name, words)
    axes = AXES[field.name].replace("G", "F")
    return _call(field.name, [_literal(axes), *(_literal(column) for column in field.columns)])


def _new(name: str, axes: str) -> str:
    return f"new ClassroomField({_literal(name)}, {_literal(axes)})"


def _call(name: str, arguments: Sequence[str]) -> str:
    """One constructor call, over several lines where it is long."""
    line = ", ".join((_literal(name), *arguments))
    if len(line) <= 60:
        return f"new ClassroomField({line})"
    inside = ",\n".join(f"                {argument}" for argument in arguments)
    return f"new ClassroomField(\n                {_literal(name)},\n{inside})"


def _enum(members: type[IntEnum], about: str) -> str:
    rows = []
    for member in members:
        words = member.name.lower().replace("_", " ")
        rows.append(f"        /// <summary>On the wire {member.value}: {words}.</summary>")
        rows.append(f"        {_pascal(member.name)} = {member.value},\n")
    body = "\n".join(rows).rstrip(",\n") + ","
    return (
        f"    /// <summary>{about}</summary>\n"
        f"    public enum {members.__name__}\n    {{\n{body}\n    }}\n"
    )


def _constant(kind: str, name: str, value: Any, about: str) -> str:
    return (
        f"        /// <summary>{about}</summary>\n"
        f"        public const {kind} {name} = {_literal(value)}{'f' if kind == 'float' else ''};\n"
    )


def _array(kind: str, name: str, values: Sequence[Any], about: str) -> str:
    return _table(f"{kind}[]", name, [_literal(value) for value in values], about)


def _table(kind: str, name: str, rows: Sequence[str], about: str) -> str:
    new = f" = new {kind}" if kind.startswith("Dictionary") else " ="
    body = "".join(f"            {row},\n" for row in rows)
    return (
        f"        /// <summary>{about}</summary>\n"
        f"        public static readonly {kind} {name}{new}\n        {{\n{body}        }};\n"
    )


def _list(kind: str, values: Iterable[Any]) -> str:
    return f"new {kind}[] {{ {', '.join(_literal(value) for value in values)} }}"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
