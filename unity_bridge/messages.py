"""The protocol's messages with observations as bytes: numpy reads them without a copy.

On the wire a packed `repeated float` is a length and little-endian 32-bit floats, exactly as a
`bytes` field is (protobuf encoding guide, "Packed Repeated Fields"). So the same messages, declared
with `bytes` for an observation's numbers, spare a Python object for each of them. The descriptors
are those of mlagents-envs with this one field changed, in a pool of their own; the classes of
mlagents-envs stay as they are.
"""

from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from unity_bridge.mlagents import UnityMessageProto

OBSERVATIONS = "mlagents_envs/communicator_objects/observation.proto"


def _with_bytes() -> Any:
    """The class of the protocol's one message, in a pool where observations hold bytes."""
    pool = DescriptorPool()
    _add(pool, UnityMessageProto.DESCRIPTOR.file, set())
    return GetMessageClass(pool.FindMessageTypeByName(UnityMessageProto.DESCRIPTOR.full_name))


def _add(pool: Any, file: Any, known: set[str]) -> None:
    """Register a file after those that it imports."""
    if file.name in known:
        return
    known.add(file.name)
    for imported in file.dependencies:
        _add(pool, imported, known)
    described = FileDescriptorProto.FromString(file.serialized_pb)
    if file.name == OBSERVATIONS:
        observation = next(m for m in described.message_type if m.name == "ObservationProto")
        floats = next(m for m in observation.nested_type if m.name == "FloatData")
        data = next(f for f in floats.field if f.name == "data")
        data.type, data.label = FieldDescriptorProto.TYPE_BYTES, FieldDescriptorProto.LABEL_OPTIONAL
    pool.Add(described)


WireMessage = _with_bytes()
"""UnityMessageProto whose `ObservationProto.float_data.data` is bytes of little-endian float32."""
