"""`scripts.unity check` says in plain words what is wrong with a connection."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts import unity
from tests.scripted_player import ScriptedPlayer, agent, free_port, observation, output
from unity_bridge.channel_messages import Hello
from unity_bridge.channels import ClassroomChannel
from unity_bridge.layout import Layout, fingerprint
from unity_bridge.mlagents import SideChannelManager

LAYOUT = Layout(1, 2)
NAME = "Classroom?team=0"


def _brain(branches: tuple[int, ...] = LAYOUT.branches) -> dict[str, dict[str, Any]]:
    return {NAME: {"num_discrete_actions": len(branches), "discrete_branch_sizes": branches}}


def _scene(hello: Hello | None = None, **sizes: int) -> Any:
    """A classroom that asks again at once; some of its fields of other sizes."""
    fields = {field.name: sizes.get(field.name, field.size) for field in LAYOUT.fields}
    own = agent(1, *(observation(name, np.zeros(size)) for name, size in fields.items()))
    said = output(**{NAME: [own]})
    if hello is not None:
        channel = ClassroomChannel()
        channel.send(hello)
        said.side_channel = bytes(SideChannelManager([channel]).generate_side_channel_messages())
    return said


def _check(
    tmp_path: Path, scene: Any, brain: dict[str, dict[str, Any]], **player: Any
) -> tuple[int, dict[str, Any]]:
    """The exit code and the findings of a check of a scripted scene."""
    port = free_port()
    playing = ScriptedPlayer(port, lambda _: scene, brain, **player)
    path = tmp_path / "check.json"
    asked = ["check", "--port", str(port), "--seconds", "20", "--json", str(path)]
    try:
        code = unity.main(asked)
    finally:
        playing.join()
    return code, json.loads(path.read_text("utf-8"))


def test_it_shows_the_version_of_the_unity_package(tmp_path: Path) -> None:
    hello = Hello(package="0.9.7", unity="6000.0.1f1", layout=fingerprint())
    code, found = _check(tmp_path, _scene(hello), _brain())
    assert code == 0
    assert found["found"]["Unity package"] == "0.9.7, engine 6000.0.1f1"
    assert found["found"]["ML-Agents package"] == "4.0.0"


def test_it_warns_where_no_link_introduced_the_scene(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = _check(tmp_path, _scene(), _brain())
    assert code == 0
    assert found["found"]["Unity package"] == "did not introduce itself"
    assert "add a Classroom Link" in capsys.readouterr().out


def test_it_names_who_has_the_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert unity.main(["check", "--port", str(port)]) == 1
    shown = capsys.readouterr().out
    assert f"Port {port} is taken by" in shown
    assert f"(pid {os.getpid()})" in shown


@pytest.mark.parametrize(
    ("scene", "brain", "player", "says"),
    [
        (
            _scene(),
            _brain(),
            {"version": "0.15.0"},
            "Unity speaks version 0.15.0 of ML-Agents' protocol",
        ),
        (
            _scene(Hello(package="0.1.0", unity="", layout="old")),
            _brain(),
            {},
            "Unity speaks version old of the layout (ClassroomLayout.cs)",
        ),
        (
            _scene(gaze=2 * LAYOUT.size("gaze")),
            _brain(),
            {},
            "the sensors are made for 2 learners and the actions for 1; set the same number",
        ),
        (_scene(), _brain((3, 3)), {}, "Classroom?team=0 has discrete branches [3, 3]"),
        (
            output(**{"Other?team=0": [agent(1, observation("eye", [0.0]))]}),
            {"Other?team=0": {"num_discrete_actions": 1, "discrete_branch_sizes": [2]}},
            {},
            "The scene has no behaviour Classroom; it has Other?team=0.",
        ),
    ],
    ids=["protocol", "layout", "observations", "actions", "behaviour"],
)
def test_it_says_which_of_the_two_sides_differs(
    scene: Any,
    brain: dict[str, dict[str, Any]],
    player: dict[str, Any],
    says: str,
    tmp_path: Path,
) -> None:
    code, found = _check(tmp_path, scene, dict(brain), **player)
    assert code == 1
    assert not found["ok"]
    assert says in found["problem"]
