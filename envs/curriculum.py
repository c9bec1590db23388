"""What is taught: concepts, and what each of them needs first."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from envs.concept import Concept
from envs.whole_file import write_text

__all__ = ["BUILTIN", "Concept", "Curriculum", "CurriculumArrays", "builtin", "load"]

BUILTIN: Final = ("algebra-16", "algebra-48")
"""Curricula that come with the package; `envs/data/curricula/SOURCE.md` says how they were made."""

_BUILTIN_FOLDER = Path(__file__).parent / "data" / "curricula"


class CurriculumArrays(NamedTuple):
    """A curriculum as the kernels read it; C concepts, P the most parents, Q items a concept."""

    weight: NDArray[np.float64]  # (C,) syllabus weights, summing to 1
    easiness: NDArray[np.float64]  # (C,) logit
    depth: NDArray[np.float64]  # (C,) in [0, 1], see `Curriculum.depth`
    parents: NDArray[np.int64]  # (C, P) direct prerequisites, ascending, padded with -1; P >= 1
    difficulties: NDArray[np.float64]  # (C, Q) logit relative to the concept, ascending
    spread: NDArray[np.float64]  # (C,) standard deviation of a concept's difficulties, logit
    adjacency: NDArray[np.float32]  # (C, C) 1 where the row is a prerequisite of the column


@dataclass(frozen=True)
class Curriculum:
    """Concepts and the directed acyclic graph of what must be known before what.

    Attributes:
        name: What people call it.
        concepts: At least one, each name once, all with the same number of items; their position
            is their index in every array.
        prerequisites: Edges (prerequisite, concept) by name, each once, without a cycle.

    Raises:
        ValueError: One of the above does not hold; the message names the field and the concept or
            the edge.
    """

    name: str
    concepts: tuple[Concept, ...]
    prerequisites: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(
                f"Curriculum.name must be a string that is not empty, got {self.name!r}"
            )
        self._check_concepts()
        self._check_edges()
        self._check_acyclic()

    def _check_concepts(self) -> None:
        if not isinstance(self.concepts, tuple) or not self.concepts:
            raise ValueError(
                f"Curriculum.concepts must be a tuple of at least one Concept, "
                f"got {self.concepts!r}"
            )
        for concept in self.concepts:
            if not isinstance(concept, Concept):
                raise ValueError(f"Curriculum.concepts must hold Concepts, got {concept!r}")
        for name, times in Counter(concept.name for concept in self.concepts).items():
            if times > 1:
                raise ValueError(
                    f"Curriculum.concepts must have unique names, got {name!r} {times} times"
                )
        first = self.concepts[0]
        for concept in self.concepts:
            if len(concept.items) != len(first.items):
                raise ValueError(
                    "Curriculum.concepts must have equally many items each, got "
                    f"{len(first.items)} for {first.name!r} and {len(concept.items)} for "
                    f"{concept.name!r}"
                )

    def _check_edges(self) -> None:
        names = {concept.name for concept in self.concepts}
        if not isinstance(self.prerequisites, tuple):
            raise ValueError(
                f"Curriculum.prerequisites must be a tuple of edges, got {self.prerequisites!r}"
            )
        for edge in self.prerequisites:
            if not isinstance(edge, tuple) or len(edge) != 2:
                raise ValueError(
                    "Curriculum.prerequisites must hold edges (prerequisite, concept), "
                    f"got {edge!r}"
                )
            for end in edge:
                if not isinstance(end, str) or end not in names:
                    raise ValueError(
                        f"Curriculum.prerequisites: edge {edge!r} names {end!r}, which is no "
                        "concept of this curriculum"
                    )
        for edge, times in Counter(self.prerequisites).items():
            if times > 1:
                raise ValueError(
                    f"Curriculum.prerequisites must hold each edge once, got {edge!r} {times} times"
                )

    def _check_acyclic(self) -> None:
        if nx.is_directed_acyclic_graph(self._graph):
            return
        cycle = nx.find_cycle(self._graph)
        last = max(cycle, key=self.prerequisites.index)
        path = " -> ".join(repr(name) for name, _ in [*cycle, cycle[0]])
        raise ValueError(
            f"Curriculum.prerequisites must not form a cycle, got edge {last!r} in {path}"
        )

    @cached_property
    def _graph(self) -> nx.DiGraph:
        graph = nx.DiGraph()
        graph.add_nodes_from(concept.name for concept in self.concepts)
        graph.add_edges_from(self.prerequisites)
        return graph

    @cached_property
    def _index(self) -> dict[str, int]:
        return {concept.name: index for index, concept in enumerate(self.concepts)}

    @property
    def size(self) -> int:
        """Number of concepts C."""
        return len(self.concepts)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Indices of the concepts, prerequisites first, otherwise in the order of `concepts`."""
        names = nx.lexicographical_topological_sort(self._graph, key=self._index.__getitem__)
        return tuple(self._index[name] for name in names)

    @property
    def levels(self) -> NDArray[np.int64]:
        """Edges on the longest path from a concept without prerequisites, shape (C,)."""
        level = np.zeros(self.size, np.int64)  # (C,)
        for c in self.order:
            for parent in self._graph.predecessors(self.concepts[c].name):
                level[c] = max(level[c], level[self._index[parent]] + 1)
        return level

    @property
    def depth(self) -> NDArray[np.float64]:
        """`levels` as a share of the deepest: 0 without prerequisites, 1 at the end, shape (C,)."""
        levels = self.levels  # (C,)
        share: NDArray[np.float64] = levels / max(1, levels.max())
        return share

    def arrays(self) -> CurriculumArrays:
        """Return the curriculum as fresh arrays for the kernels."""
        adjacency = np.zeros((self.size, self.size), np.float32)  # (C, C)
        for prerequisite, concept in self.prerequisites:
            adjacency[self._index[prerequisite], self._index[concept]] = 1
        most = max(1, int(adjacency.sum(0).max()))
        parents = np.full((self.size, most), -1, np.int64)  # (C, P)
        for c in range(self.size):
            known = np.flatnonzero(adjacency[:, c])
            parents[c, : known.size] = known
        weight = np.array([float(concept.weight) for concept in self.concepts])  # (C,)
        difficulties = np.array([concept.items for concept in self.concepts], np.float64)  # (C, Q)
        return CurriculumArrays(
            weight=weight / weight.sum(),
            easiness=np.array([float(concept.easiness) for concept in self.concepts]),
            depth=self.depth,
            parents=parents,
            difficulties=difficulties,
            spread=difficulties.std(1),
            adjacency=adjacency,
        )

    def save(self, path: str | Path) -> None:
        """Write JSON, one concept or edge a line; a file already there is replaced as a whole."""
        concepts = _lines(asdict(concept) for concept in self.concepts)
        edges = _lines(list(edge) for edge in self.prerequisites)
        name = json.dumps(self.name, ensure_ascii=False)
        text = f'{{"name": {name},\n"concepts": {concepts},\n"prerequisites": {edges}}}\n'
        write_text(Path(path), text)


def load(path: str | Path) -> Curriculum:
    """Read a curriculum that `Curriculum.save` wrote, or a file in the same form.

    Raises:
        ValueError: The file is not JSON, lacks a field, has one that is not known, or breaks a
            rule of `Concept` or `Curriculum`; the message names the file and the place.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        outer = _fields(data, "the curriculum", Curriculum, optional=set())
        concepts = _list(outer["concepts"], "concepts")
        return Curriculum(
            outer["name"],
            tuple(_concept(entry, f"concepts[{place}]") for place, entry in enumerate(concepts)),
            tuple(
                tuple(_list(edge, f"prerequisites[{place}]"))
                for place, edge in enumerate(_list(outer["prerequisites"], "prerequisites"))
            ),
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def builtin(name: str) -> Curriculum:
    """Return one of the curricula that come with the package, by its name in `BUILTIN`."""
    if name not in BUILTIN:
        raise ValueError(f"curriculum must be one of {', '.join(BUILTIN)}, got {name!r}")
    return load(_BUILTIN_FOLDER / f"{name}.json")


def _concept(data: object, where: str) -> Concept:
    optional = {"text", "weight", "easiness", "answers"}
    entry = _fields(data, where, Concept, optional=optional)
    lists = [name for name in ("items", "answers") if name in entry]
    return Concept(**entry | {name: tuple(_list(entry[name], f"{where}.{name}")) for name in lists})


def _fields(
    data: object, where: str, kind: type[Concept | Curriculum], optional: set[str]
) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError(f"{where} must be an object, got {data!r:.60}")
    known = {field.name for field in fields(kind)}
    for name in sorted(known - optional - data.keys()):
        raise ValueError(f"{where} must have the field {name!r}, got {sorted(data)}")
    for name in sorted(data.keys() - known):
        raise ValueError(f"{where} has the unknown field {name!r}; known are {sorted(known)}")
    return data


def _list(data: object, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise ValueError(f"{where} must be a list, got {data!r:.60}")
    return data


def _lines(entries: Iterable[object]) -> str:
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{rows}\n]"
