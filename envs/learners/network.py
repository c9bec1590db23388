"""The recurrent network of the neural learners, as one array that a kernel can take.

Two gated recurrent cells (Cho et al. 2014, as torch.nn.GRU has them):

    r = sigmoid(W_r x + b_r + U_r h + c_r)       reset
    k = sigmoid(W_k x + b_k + U_k h + c_k)       keep (torch and the paper say z, update)
    n = tanh(W_n x + b_n + r (U_n h + c_n))      new
    h' = (1 - k) n + k h

One cell keeps what a learner is like, over all answers; the other what the learner knows of one
concept, over the answers on it. Inputs x of both: the answer (+1 right, -1 wrong) and the easiness
of its item; of the second also what the first made of the learner before the answer. From both
comes the chance of the next answer:

    P(right) = sigmoid(intercept + weight easiness + a . h_learner + b . h_concept)

`envs/data/fitted/neural_assist2009.safetensors` holds the tensors by torch's names, trained by
`python -m scripts.fit_learner`.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from envs.compiled import compiled
from envs.learners.calibrated import sigmoid
from envs.state import Floats

NETWORK: Final = Path(__file__).parent.parent / "data" / "fitted" / "neural_assist2009.safetensors"
CELLS: Final = ("learner", "concept")
LEARNER, CONCEPT = range(2)
GATES = 3
INPUTS = 3
"""Answer, easiness, and (0 for the learner's cell) the learner's standing."""
FIRST_RECURRENT = 2 + INPUTS
"""Columns of a packed cell: two biases, the inputs' weights, then the hidden state's."""
ALL_BIASES = 2


def width(network: Floats) -> int:
    """Numbers in a hidden state, D."""
    return int(network.shape[2]) - FIRST_RECURRENT


def load_network(file: Path = NETWORK) -> Floats:
    """Read and pack a network; see `pack`.

    Raises:
        ValueError: A tensor is missing or of another shape.
    """
    return pack(load_file(file))


def pack(tensors: Mapping[str, NDArray[Any]]) -> Floats:
    """Pack tensors with torch's names into one array.

    Args:
        tensors: For each of `CELLS`: "cell.weight_ih_l0" (3 D, inputs), "cell.weight_hh_l0"
            (3 D, D), "cell.bias_ih_l0", "cell.bias_hh_l0" (3 D,) and "cell_readout.weight" (1, D);
            and "intercept", "weight" (1,).

    Returns:
        (2, 3 D + 1, 5 + D): each cell's gates, row by row; in the last row the intercept and the
        weight of easiness (the learner's cell only) and the readout.

    Raises:
        ValueError: A tensor is missing or of another shape.
    """
    size = _tensor(tensors, "learner.weight_hh_l0", None).shape[1]
    packed = np.zeros((len(CELLS), GATES * size + 1, FIRST_RECURRENT + size))
    for cell, name in enumerate(CELLS):
        inputs, rows = 2 + cell, packed[cell, :-1]
        rows[:, 0] = _tensor(tensors, f"{name}.bias_ih_l0", (GATES * size,))
        rows[:, 1] = _tensor(tensors, f"{name}.bias_hh_l0", (GATES * size,))
        given = _tensor(tensors, f"{name}.weight_ih_l0", (GATES * size, inputs))
        rows[:, ALL_BIASES : ALL_BIASES + inputs] = given
        recurrent = _tensor(tensors, f"{name}.weight_hh_l0", (GATES * size, size))
        rows[:, FIRST_RECURRENT:] = recurrent
        readout = _tensor(tensors, f"{name}_readout.weight", (1, size))
        packed[cell, -1, FIRST_RECURRENT:] = readout[0]
    packed[LEARNER, -1, 0] = _tensor(tensors, "intercept", (1,))[0]
    packed[LEARNER, -1, 1] = _tensor(tensors, "weight", (1,))[0]
    return packed


def _tensor(
    tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...] | None
) -> NDArray[Any]:
    if name not in tensors:
        raise ValueError(f"network lacks {name}; it has {', '.join(sorted(tensors)) or 'nothing'}")
    found = tensors[name]
    if shape is not None and found.shape != shape:
        raise ValueError(f"network.{name} has shape {found.shape}; expected {shape}")
    return found


@compiled
def intercept(network: Floats) -> float:
    """Logit of a right answer of a new learner on an item of average easiness."""
    return float(network[LEARNER, network.shape[1] - 1, 0])


@compiled
def weight(network: Floats) -> float:
    """Logits for one logit of easiness."""
    return float(network[LEARNER, network.shape[1] - 1, 1])


@compiled
def readout(hidden: Floats, b: int, i: int, row: int, cell: int, network: Floats) -> float:
    """Logits that the hidden state (B, S, rows, D) of this row adds."""
    last, z = network.shape[1] - 1, 0.0
    for d in range(hidden.shape[3]):
        z += network[cell, last, FIRST_RECURRENT + d] * hidden[b, i, row, d]
    return z


@compiled
def _recurrent(
    hidden: Floats, b: int, i: int, row: int, cell: int, gate: int, network: Floats
) -> float:
    z = float(network[cell, gate, 1])
    for d in range(hidden.shape[3]):
        z += network[cell, gate, FIRST_RECURRENT + d] * hidden[b, i, row, d]
    return z


@compiled
def _given(
    answer: float, easiness: float, standing: float, cell: int, gate: int, network: Floats
) -> float:
    z = float(network[cell, gate, 0]) + answer * network[cell, gate, ALL_BIASES]
    z += easiness * network[cell, gate, ALL_BIASES + 1]
    return float(z + standing * network[cell, gate, ALL_BIASES + 2])


@compiled
def advance(
    hidden: Floats,
    b: int,
    i: int,
    row: int,
    after: int,
    answer: float,
    easiness: float,
    standing: float,
    cell: int,
    network: Floats,
) -> None:
    """Write into row `after` what an answer makes of row `row`: one step of the cell.

    Args:
        hidden: (B, S, rows, D).
        b: Classroom.
        i: Learner.
        row: Hidden state before; left as it is.
        after: Another row, overwritten.
        answer: 1 right, -1 wrong.
        easiness: Of the item, in logits.
        standing: What the learner's cell added before the answer; any number for that cell itself.
        cell: LEARNER or CONCEPT.
        network: Packed.
    """
    size = hidden.shape[3]
    for d in range(size):
        x = _given(answer, easiness, standing, cell, d, network)
        reset = sigmoid(x + _recurrent(hidden, b, i, row, cell, d, network))
        x = _given(answer, easiness, standing, cell, size + d, network)
        keep = sigmoid(x + _recurrent(hidden, b, i, row, cell, size + d, network))
        x = _given(answer, easiness, standing, cell, 2 * size + d, network)
        new = math.tanh(x + reset * _recurrent(hidden, b, i, row, cell, 2 * size + d, network))
        hidden[b, i, after, d] = (1.0 - keep) * new + keep * hidden[b, i, row, d]
