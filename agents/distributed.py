"""Training in several processes, on one machine or on many, as torchrun starts them.

Every process teaches its share of the classrooms with a network that is the same in all: gradients
and statistics are taken over all processes, so that together they take the steps of one process
with all the classrooms. gloo carries what lies in a CPU's memory, NCCL what lies on CUDA devices.
In a process that torchrun did not start, every function gives back what it was given.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from agents.cores import cores
from agents.meeting_place import meeting_place

Made = TypeVar("Made")
PATIENCE: Final = timedelta(minutes=30)
"""How long a process waits for the others: one may have to compile the simulation first. Chosen;
gloo notices a process that died at once, by its closed connection; NCCL was never tried here."""


class LostProcessError(ConnectionError):
    """Another process of the training ended, or can no longer be reached."""


@contextmanager
def together() -> Iterator[None]:
    """Join the processes that torchrun started, for the block's time; only the first prints."""
    if not dist.is_torchelastic_launched():
        yield
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    store, own, count = next(rendezvous("env://", timeout=PATIENCE))
    place = meeting_place(store, own, count, PATIENCE)
    dist.init_process_group(backend, timeout=PATIENCE, world_size=count, rank=own, store=place)
    try:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(sys.stdout if is_first() else nowhere),
        ):
            yield
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """Number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def size() -> int:
    """Number of processes."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process prints and writes for all."""
    return rank() == 0


def share(count: int, name: str, groups: int = 1) -> int:
    """How many of `count` each process has, alike in each of some groups.

    Raises:
        ValueError: They cannot be shared out equally.
    """
    if size() > 1 and count % (groups * size()):
        kinds = f" in each of {groups} groups" if groups > 1 else ""
        raise ValueError(
            f"{name} is {count}; expected a multiple of {groups * size()}: "
            f"{size()} processes have equal shares{kinds}"
        )
    return count // size()


def own_seed(seed: int) -> int:
    """Seed of this process's dice: the run's own in the first, in the others drawn from it.

    32 bits of a `numpy.random.SeedSequence`: torch's generator on CPUs reads no more.
    """
    if is_first():
        return seed
    return int(np.random.SeedSequence(seed, spawn_key=(rank(),)).generate_state(1)[0])


def threads(wanted: int) -> int:
    """As many threads as wanted, but together with its neighbours no more than there are cores."""
    if not dist.is_initialized():
        return wanted
    return max(1, min(wanted, cores() // int(os.environ["LOCAL_WORLD_SIZE"])))


def device(wanted: str) -> str:
    """The device for this process's network: a CUDA device of its own, where one is wanted.

    Raises:
        ValueError: The machine has fewer CUDA devices than processes.
    """
    if not dist.is_initialized() or wanted == "cpu" or not torch.cuda.is_available():
        return wanted
    here, there = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
    if here > there:
        raise ValueError(
            f"processes on this machine are {here}; expected at most {there}, a CUDA device each, "
            "or --device cpu"
        )
    torch.cuda.set_device(own := int(os.environ["LOCAL_RANK"]))
    return f"cuda:{own}"


def restarts() -> int:
    """How often torchrun starts the processes again after one of them died."""
    return int(os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0"))


def wait() -> None:
    """Wait until all processes are here."""
    if dist.is_initialized():
        _all(dist.barrier)


def total(own: Tensor) -> Tensor:
    """Sum over the processes, the same bits in all of them."""
    if not dist.is_initialized():
        return own
    everybody = own.clone()
    _all(dist.all_reduce, everybody)
    return everybody


def mean(own: Tensor) -> Tensor:
    """Mean over the processes."""
    return total(own) / size() if dist.is_initialized() else own


def any_of(own: bool) -> bool:
    """Whether it is true in some process."""
    return bool(total(torch.tensor(float(own))) > 0)


def gathered(own: list[Made]) -> list[Made]:
    """The lists of all processes, one after the other."""
    if not dist.is_initialized():
        return own
    lists: list[Any] = [None] * size()
    _all(dist.all_gather_object, lists, own)
    return [item for each in lists for item in each]


def joined(own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """In the first process: tensors of all, end to end along the first axis, scalars added up."""
    if not dist.is_initialized():
        return dict(own)
    parts: list[Any] | None = [None] * size() if is_first() else None
    _all(dist.gather_object, dict(own), parts)
    columns = {name: [part[name] for part in parts or ()] for name in own if parts}
    return {
        name: torch.cat(column) if column[0].ndim else torch.stack(column).sum(0)
        for name, column in columns.items()
    }


def dealt(make: Callable[[], Sequence[Made]]) -> Made:
    """Give each process its own of what the first one makes; where that fails, all raise it."""
    if not dist.is_initialized():
        return make()[0]
    parts: Sequence[Any] | None = None
    if is_first():
        try:
            parts = make()
        except (Exception, SystemExit) as error:  # raised below, by all
            parts = [error] * size()
    own: list[Any] = [None]
    _all(dist.scatter_object_list, own, parts)
    if isinstance(own[0], BaseException):
        raise own[0]
    found: Made = own[0]
    return found


def from_first(make: Callable[[], Made]) -> Made:
    """What the first process makes; where that fails, all raise it."""
    return dealt(lambda: [make()] * size())


def copy_first(*modules: nn.Module | None) -> None:
    """Give all processes the first one's weights and buffers."""
    for module in modules if dist.is_initialized() else ():
        for tensor in module.state_dict().values() if module is not None else ():
            _all(dist.broadcast, tensor, 0)


def average_gradients(parameters: Iterable[Tensor]) -> None:
    """Replace gradients by their means over the processes, sent as one vector.

    A parameter that no loss of this process used counts as one with a gradient of 0.
    """
    if not dist.is_initialized():
        return
    gradients = []
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        gradients.append(parameter.grad)
    vector_to_parameters(mean(parameters_to_vector(gradients)), gradients)


def _all(operation: Callable[..., Any], *arguments: Any) -> None:
    """Do what all processes do together.

    Raises:
        LostProcessError: One of them did not.
    """
    try:
        operation(*arguments)
    except RuntimeError as error:
        detail = str(error).partition(". ")[0]
        raise LostProcessError(
            f"process {rank()} of {size()} lost another, which ended or cannot be reached: {detail}"
        ) from error
