"""What ML-Agents and Unity's Inference Engine (once named Sentis) ask of an ONNX model.

Names and constants: ML-Agents 3.0.0 for Unity, `Runtime/Inference/TensorNames.cs` and
`SentisModelParamLoader.cs`, whose check fails where one is missing. Operators and opset: the manual
of the package, pages "Supported ONNX operators" and "Supported models". The operators are those of
com.unity.sentis 2.1.0 to 2.1.3 (ML-Agents 3.0 needs 2.1.0); com.unity.ai.inference 2.2 to 2.4
(ML-Agents 4.0) documents the same and some more.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, Protocol

OBSERVATION: Final = "obs_{}"
"""Input of the sensor of that number, in the order in which C# sorts them: by name."""
ACTION_MASKS: Final = "action_masks"
"""Input (batch, sum of the branches), 1 = allowed: the opposite of the wire's mask."""
SAMPLED: Final = "discrete_actions"
LIKELIEST: Final = "deterministic_discrete_actions"
"""Outputs (batch, branches), integers: C# reads them as such and fails on floats."""
BRANCHES: Final = "discrete_action_output_shape"
VERSION: Final = "version_number"
MEMORY: Final = "memory_size"
"""Constant outputs, floats: C# reads them as such."""
API_VERSION: Final = 3.0
"""`ModelApiVersion.MLAgents2_0`: inputs are `obs_0`, `obs_1`, ..."""

OPSET: Final = 15
"""The newest that the manual names: "opset version 7 to 15"."""
SUPPORTED: Final = frozenset(
    """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization
    Bernoulli Cast CastLike Ceil Celu Clip Compress Concat Constant ConstantOfShape Conv
    ConvTranspose Cos Cosh CumSum DepthToSpace Div Dropout Einsum Elu Equal Erf Exp Expand Flatten
    Floor Gather GatherElements GatherND Gemm GlobalAveragePool GlobalMaxPool Greater
    GreaterOrEqual GridSample HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf
    IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max MaxPool
    Mean Min Mod Mul Multinomial Neg NonMaxSuppression NonZero Not OneHot Or PRelu Pad Pow
    RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1
    ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare Relu Reshape Resize RoiAlign Round Scatter ScatterElements ScatterND Selu Shape
    Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt
    Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
    """.split()  # noqa: SIM905  # a list of 133 literals is no easier to read
)
"""Operators that the engine imports, on its CPU backend."""


class Node(Protocol):
    """What is read of an `onnx.NodeProto`."""

    op_type: str
    domain: str


def operators(nodes: Iterable[Node]) -> dict[str, int]:
    """How often a graph uses each operator, by name; with its domain where that is not ONNX's."""
    names = (f"{node.domain}::{node.op_type}" if node.domain else node.op_type for node in nodes)
    return dict(sorted(Counter(names).items()))


def unsupported(names: Iterable[str]) -> list[str]:
    """Those of the operators that the engine's manual does not list."""
    return sorted(set(names) - SUPPORTED)
