"""Graphs of the network, to be exported or compiled."""

import warnings
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
    """The same passes as one graph, made anew for every shape; on a GPU as CUDA graphs.

    Where no graph can be made, as without a C++ compiler, they warn once and go on as they were.
    """
    from torch._dynamo.exc import TorchDynamoException  # noqa: PLC0415  # takes a second

    mode = "reduce-overhead" if device.type == "cuda" else "default"
    tried = torch.compile(passes, fullgraph=True, dynamic=False, mode=mode)

    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        nonlocal tried
        try:
            return tried(*args, **kwargs)
        except TorchDynamoException as failure:
            warnings.warn(f"not compiled, slower but the same: {failure}", stacklevel=2)
            tried = passes
            return passes(*args, **kwargs)

    return guarded
