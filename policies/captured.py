"""Graphs of the network, to be exported or compiled."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch

Given = ParamSpec("Given")
Result = TypeVar("Result")


def captured() -> bool:
    """True while a graph is made: then nothing may depend on the values of tensors."""
    tracing: bool = torch.jit.is_tracing()  # type: ignore[attr-defined,no-untyped-call]
    return tracing or torch.compiler.is_compiling()


def compiled(passes: Callable[Given, Result], device: torch.device) -> Callable[Given, Result]:
    """The same passes as one graph, made anew for every shape; on a GPU as CUDA graphs."""
    mode = "reduce-overhead" if device.type == "cuda" else "default"
    return torch.compile(passes, fullgraph=True, dynamic=False, mode=mode)
