"""A model file at work outside Unity: the same graph through onnxruntime, on one thread."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from agents.tutors.protocol import Actions
from agents.unity_model.padding import padded
from unity_bridge import inference_engine as engine
from unity_bridge.layout import TRAINING_FIELDS, sizes_of
from unity_bridge.masks import inverted

Floats = NDArray[np.float32]


class Chosen(NamedTuple):
    """What a model answers to B classrooms."""

    sampled: Actions  # (B, 3 + 2 S)
    likeliest: Actions  # (B, 3 + 2 S)


class ExportedPolicy:
    """Decides as the model in a file does.

    Args:
        path: As `agents.unity_model.model_file.write_model` wrote it.
        seed: Of the sampled actions; onnxruntime has one generator for all models of a process.

    Attributes:
        layout: Of the largest class that fits.

    Raises:
        ValueError: The file holds a model of another kind.
    """

    def __init__(self, path: Path, seed: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        onnxruntime.set_seed(seed)
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        inputs = [each.name for each in self._session.get_inputs()]
        (branches,) = self._session.run([engine.BRANCHES], self._empty())
        layout = sizes_of([int(size) for size in branches.flat])
        if layout is None:
            raise ValueError(f"{path} chooses among {branches.tolist()}; expected a classroom's")
        self.layout = layout
        self._names = {
            field.name: name
            for field, name in zip(
                (each for each in layout.fields if each.name not in TRAINING_FIELDS),
                inputs[:-1],
                strict=True,
            )
        }

    def _empty(self) -> dict[str, Floats]:
        """Zeros, as ML-Agents runs a model with when it checks it."""
        inputs = self._session.get_inputs()
        return {each.name: np.zeros((1, each.shape[1]), np.float32) for each in inputs}

    def wire(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """The model's inputs for observations (B, ...) of classes that fit."""
        shown = padded(observation, self.layout)
        vectors = self.layout.flatten(shown)
        wire = {name: vectors[field] for field, name in self._names.items()}
        allowed = inverted(self.layout.wire_mask(shown))
        return wire | {engine.ACTION_MASKS: allowed.astype(np.float32)}

    def choose(self, wire: Mapping[str, Floats]) -> Chosen:
        """Run the model on its inputs."""
        return Chosen(*self._session.run([engine.SAMPLED, engine.LIKELIEST], dict(wire)))

    def act(self, observation: Mapping[str, NDArray[Any]]) -> Chosen:
        """Decide for B classrooms; of smaller classes the first 3 + 2 S parts are theirs."""
        return self.choose(self.wire(observation))
