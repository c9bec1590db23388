"""The protocol's messages with observations and masks as bytes: numpy reads them without a copy.

On the wire a packed `repeated float` is a length and little-endian 32-bit floats, and a packed
`repeated bool` a length and bytes of 0 or 1, exactly as a `bytes` field is (protobuf encoding
guide, "Packed Repeated Fields"; proto3 writers pack). So the same messages, declared with `bytes`
for an observation's numbers and an agent's mask, spare a Python object for each of them. The
descriptors are those of mlagents-envs with these two fields changed, in a pool of their own; the
classes of mlagents-envs stay as they are.
"""

from collections.abc import Iterable
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from unity_bridge.mlagents import UnityMessageProto

AS_BYTES: Final = {("ObservationProto", "FloatData", "data"), ("AgentInfoProto", "action_mask")}
"""Message, message within it, field."""


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
    _declare_bytes(described.message_type, ())
    pool.Add(described)


def _declare_bytes(messages: Iterable[Any], within: tuple[str, ...]) -> None:
    """Change the fields of `AS_BYTES` from packed numbers to bytes."""
    for message in messages:
        path = (*within, message.name)
        for field in message.field:
            if (*path, field.name) in AS_BYTES:
                field.type = FieldDescriptorProto.TYPE_BYTES
                field.label = FieldDescriptorProto.LABEL_OPTIONAL
        _declare_bytes(message.nested_type, path)


WireMessage = _with_bytes()
"""UnityMessageProto where `ObservationProto.float_data.data` is little-endian float32 in bytes, and
`AgentInfoProto.action_mask` a byte for each action, 1 where it is NOT allowed."""
