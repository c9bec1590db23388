"""Writing a policy as an ONNX file that ML-Agents accepts in Unity.

torch's older exporter is used, though torch warns of it: the newer one makes opset 18 and later,
which cannot be converted down (there is no adapter for its Pad), the Inference Engine documents
opset 7 to 15, and it needs two packages more.
"""

import io
import warnings
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch.jit import TracerWarning  # type: ignore[attr-defined]  # not in its __all__

from agents.unity_model.wire_policy import WirePolicy
from envs.whole_file import write_whole
from policies.policy import AttentionPolicy
from unity_bridge import inference_engine as engine
from unity_bridge.layout import fingerprint

_TRACED: Final = 2
"""Classrooms in the trace: not one, which would hide where a batch is taken for one classroom."""


def write_model(policy: AttentionPolicy, path: Path) -> onnx.ModelProto:
    """Write the model for classes of at most the policy's size, and give it back.

    Raises:
        ValueError: The policy is not one of the contract.
    """
    model = to_onnx(policy)
    write_whole(path, lambda aside: aside.write_bytes(model.SerializeToString()))
    return model


def to_onnx(policy: AttentionPolicy) -> onnx.ModelProto:
    """The model: the policy's graph, and beside it the constants that ML-Agents asks for."""
    wire = WirePolicy(policy.to("cpu")).eval()
    model = _traced(wire)
    branches = np.array([wire.layout.branches], np.float32)
    for name, values in (
        (engine.VERSION, np.array([engine.API_VERSION], np.float32)),
        (engine.MEMORY, np.zeros(1, np.float32)),
        (engine.BRANCHES, branches),
    ):
        model.graph.initializer.append(numpy_helper.from_array(values, name))
        shown = helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, values.shape)
        model.graph.output.append(shown)
    fields = " ".join(field.name for field in wire.fields)
    helper.set_model_props(model, {"layout": fingerprint(), "fields": fields})
    onnx.checker.check_model(model, full_check=True)
    return model


@torch.no_grad()
def _traced(wire: WirePolicy) -> onnx.ModelProto:
    names = [engine.OBSERVATION.format(number) for number in range(len(wire.fields))]
    sizes = [*(field.size for field in wire.fields), sum(wire.layout.branches)]
    inputs, outputs = [*names, engine.ACTION_MASKS], [engine.SAMPLED, engine.LIKELIEST]
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is the older exporter, and does not fold all it could
        warnings.simplefilter("error", TracerWarning)  # a value taken for a constant
        torch.onnx.export(
            wire,
            tuple(torch.ones(_TRACED, size) for size in sizes),
            written,  # type: ignore[arg-type]  # typed for the newer exporter
            input_names=inputs,
            output_names=outputs,
            dynamic_axes={name: {0: "batch"} for name in inputs + outputs},
            opset_version=engine.OPSET,
            dynamo=False,
        )
    return onnx.load_from_string(written.getvalue())
