"""mlagents-envs works with the protobuf that everything else needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from unity_bridge import protobuf_compat

COMMAND = [sys.executable, "-W", "error", "-c"]


def _run(program: str) -> str:
    done = subprocess.run(  # noqa: S603  (the program is the test's own)
        [*COMMAND, program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_of_the_protocol_is_there_and_twice_is_as_once() -> None:
    program = """
from unity_bridge.protobuf_compat import use_modern_protobuf
use_modern_protobuf()
from mlagents_envs.communicator_objects import header_pb2 as first
use_modern_protobuf()
import importlib, pathlib, mlagents_envs.communicator_objects as package
from mlagents_envs.communicator_objects import header_pb2 as second
assert first is second
files = [p.stem for p in pathlib.Path(package.__path__[0]).glob("*_pb2*.py")]
for name in files:
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert module.__name__ == f"{package.__name__}.{name}"
print(len(files))
"""
    assert int(_run(program)) == 22


def test_messages_of_every_kind_survive_the_wire() -> None:
    program = """
from unity_bridge.protobuf_compat import use_modern_protobuf
use_modern_protobuf()
from mlagents_envs.communicator_objects.command_pb2 import RESET
from mlagents_envs.communicator_objects.observation_pb2 import NONE, PNG, ObservationProto
from mlagents_envs.communicator_objects.unity_message_pb2 import UnityMessageProto
sent = UnityMessageProto(header={"status": 200})
agent = sent.unity_output.rl_output.agentInfos["pupil"].value.add(id=3, reward=0.5)
agent.observations.add(shape=[2], compression_type=NONE).float_data.data.extend([1.5, -2])
agent.observations.add(shape=[1, 1, 3], compression_type=PNG).compressed_data = b"png"
sent.unity_input.rl_input.command = RESET
got = UnityMessageProto.FromString(sent.SerializeToString())
assert got == sent and isinstance(agent.observations[0], ObservationProto)
got = got.unity_output.rl_output.agentInfos["pupil"].value[0]
print(got.id, list(got.observations[0].float_data.data), got.observations[1].compressed_data)
"""
    assert _run(program) == "3 [1.5, -2.0] b'png'"


def test_the_unity_environment_of_mlagents_itself_connects_and_steps() -> None:
    program = """
import socket
from unity_bridge.mlagents import UnityEnvironment
from tests.scripted_player import ScriptedPlayer, agent, observation, output
with socket.socket() as free:
    free.bind(("localhost", 0))
    port = free.getsockname()[1]
steps = iter(range(9))
script = lambda said: output(pupil=[agent(7, observation("eyes", [next(steps), 1]), reward=1)])
player = ScriptedPlayer(port, script, {"pupil": {"num_discrete_actions": 1,
                                                 "discrete_branch_sizes": [3]}})
environment = UnityEnvironment(base_port=port, timeout_wait=20)
environment.reset()
environment.step()
decisions, _ = environment.get_steps("pupil")
print(decisions.obs[0].tolist(), decisions.agent_id.tolist(), decisions.reward.tolist())
environment.close()
player.join()
"""
    assert _run(program) == "[[1.0, 1.0]] [7] [1.0]"


def test_a_package_without_descriptors_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "other_pb2.py").write_text("DESCRIPTOR = None\n", encoding="utf-8")
    with pytest.raises(ImportError, match=r"install mlagents-envs 0\.28\.0"):
        protobuf_compat._descriptors(tmp_path)


def test_an_installation_that_works_as_it_is_is_left_alone(tmp_path: Path) -> None:
    """A later mlagents-envs with generated code of today must not be replaced by ours."""
    package = tmp_path / "mlagents_envs" / "communicator_objects"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()
    (package / "header_pb2.py").write_text("WHOSE = 'theirs'\n", "utf-8")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from unity_bridge.protobuf_compat import PACKAGE, use_modern_protobuf
use_modern_protobuf()
from mlagents_envs.communicator_objects import header_pb2
print(header_pb2.WHOSE, sum(name.startswith(PACKAGE + ".") for name in sys.modules))
"""
    assert _run(program) == "theirs 1"
