"""What can go wrong between Python and Unity: one type each, with what happened and what to do.

The fields of a fault are its facts; `happened` and `remedy` are filled in with them. The Unity
package's manual has them as a table.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class Fault(RuntimeError):  # noqa: N818  (the kinds are named after what happened)
    """Something between Python and Unity is not as it must be.

    Attributes:
        happened: One sentence, with `{field}` where a fact goes.
        remedy: What a person can do about it, in the same form.
        passing: Whether starting the player again may help: what one moment of a scene brought
            forth may not come again. Training tries, and gives up after some failures in a row.
    """

    happened: ClassVar[str]
    remedy: ClassVar[str]
    passing: ClassVar[bool] = False

    def __str__(self) -> str:
        """What happened, what to do, and the end of the player's log where there is one."""
        facts = vars(self)
        said = f"{self.happened.format(**facts)} {self.remedy.format(**facts)}"
        return f"{said}{facts.get('log', '')}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Faults cross process borders with their facts."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


@dataclass(eq=False)
class PortTaken(Fault):
    """Another program listens where the bridge should."""

    port: int
    owner: str
    """The process as "name (pid N)", or "another program"."""
    happened = "Port {port} is taken by {owner}."
    remedy = "End that program, or choose another port here and in Unity (--mlagents-port)."


@dataclass(eq=False)
class BuildMissing(Fault):
    """The player cannot be started."""

    build: str
    reason: str
    happened = "The build {build} cannot be started: {reason}."
    remedy = "Give the path of the executable that Unity built (NAME.x86_64, NAME.exe or NAME.app)."


@dataclass(eq=False)
class NobodyConnected(Fault):
    """No player came within the time."""

    port: int
    seconds: float
    log: str
    happened = "No player connected to port {port} within {seconds:g} s."
    remedy = (
        "Start Python before pressing Play; set each agent's Behavior Type to Default; see that "
        "the player uses this port and needs no click to start."
    )
    passing = True


@dataclass(eq=False)
class PlayerDied(Fault):
    """The player's process ended, or its connection broke in the middle of a call."""

    how: str
    """The exit code or signal, or that the connection broke."""
    log: str
    """The last lines of the player's log, or nothing."""
    happened = "The player died: {how}."
    remedy = "Start it again; where it dies again, look for the first error in its log."
    passing = True


@dataclass(eq=False)
class PlayerSilent(Fault):
    """The player is connected and does not answer."""

    seconds: float
    log: str
    happened = "The player did not answer for {seconds:g} s."
    remedy = (
        "See whether it is paused, stopped at a breakpoint or loading; a slow scene needs a longer "
        "timeout."
    )
    passing = True


@dataclass(eq=False)
class PlayerStopped(Fault):
    """The player said goodbye: Play was ended in the editor, or the application quit."""

    happened = "The player stopped."
    remedy = "Press Play again, or start the build again."
    passing = True


@dataclass(eq=False)
class PlayerRestarted(Fault):
    """A player introduced itself where another one was at work."""

    happened = "A new player connected before the old one had said goodbye."
    remedy = "Connect again, then press Play again; let only one player use this port."
    passing = True


@dataclass(eq=False)
class NoDecision(Fault):
    """The player answers, but none of the agents asks for a decision."""

    behavior: str
    seconds: float
    exchanges: int
    happened = (
        "No agent of {behavior} asked for a decision for {seconds:g} s ({exchanges} exchanges)."
    )
    remedy = (
        "See that the agent is enabled and has a DecisionRequester, or calls RequestDecision, and "
        "that its Behavior Type is Default."
    )
    passing = True


@dataclass(eq=False)
class WrongVersion(Fault):
    """The two sides speak different versions of a protocol."""

    what: str
    theirs: str
    ours: str
    happened = "Unity speaks version {theirs} of {what}, Python version {ours}."
    remedy = "Install the Unity package and the Python side of the same release."


@dataclass(eq=False)
class BehaviorMissing(Fault):
    """The behaviour that was asked for is not in the scene."""

    behavior: str
    known: str
    happened = "The scene has no behaviour {behavior}; it has {known}."
    remedy = "Name one of them, or set the Behavior Name in the agent's Behavior Parameters."


@dataclass(eq=False)
class AgentsDiffer(Fault):
    """The number of agents is not the one that was asked for."""

    behavior: str
    agents: int
    expected: str
    happened = "Behaviour {behavior} has {agents} agents; expected {expected}."
    remedy = "Use UnityGymVectorEnv or UnityClassroomVectorEnv for several, or change the scene."


@dataclass(eq=False)
class WrongShape(Fault):
    """An observation is not of the shape that the behaviour announced."""

    behavior: str
    observation: str
    agent: int
    got: str
    expected: str
    happened = (
        "Behaviour {behavior}, agent {agent}: observation {observation} is {got}; "
        "expected {expected}."
    )
    remedy = "Let the sensor write the same number of values at every decision and episode."
    passing = True


@dataclass(eq=False)
class NotFinite(Fault):
    """A number that is NaN or infinite."""

    behavior: str
    where: str
    """The observation's name and index, or reward."""
    agent: int
    value: float
    happened = "Behaviour {behavior}, agent {agent}: {where} is {value}."
    remedy = "Look in the agent's C# code for a division by zero or an unset value."
    passing = True


@dataclass(eq=False)
class MessageTooLarge(Fault):
    """A message is over the size limit."""

    size: int
    limit: int
    sender: str
    happened = "{sender} sent a message of {size} bytes; the limit is {limit}."
    remedy = "Use fewer agents or smaller images per player, or raise the limit on both sides."
    passing = True


@dataclass(eq=False)
class Garbled(Fault):
    """Something that cannot be read came from the player."""

    what: str
    reason: str
    happened = "{what} cannot be read: {reason}."
    remedy = (
        "See that nothing but the player uses this port, and that both sides are of one release."
    )
    passing = True
