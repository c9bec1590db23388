"""Curricula from prerequisite files that a user has downloaded.

Neither file comes with this project (their terms forbid or restrict it); difficulties are drawn
from the fitted distributions, since neither file has any.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import networkx as nx

from envs.curriculum import Curriculum
from envs.curriculum_generate import drawn_concept

Edge = tuple[str, str]

JUNYI_COLUMNS: Final = ("name", "prerequisites", "pretty_display_name", "topic")
NO_TOPIC: Final = ("", "N/A")


class Imported(NamedTuple):
    """A curriculum and what had to be left out to make its graph acyclic."""

    curriculum: Curriculum
    cut: tuple[Edge, ...]
    """Self loops and edges that would have closed a cycle of edges read before them."""


def from_junyi(path: str | Path, *, topics: bool = False, seed: int = 0) -> Imported:
    """Read Junyi Academy's exercise table (Chang, Hsu & Chen 2015; PSLC DataShop data set 1198).

    A comma-separated file with a header; the columns used are `name`, `prerequisites` (names
    joined by commas), `pretty_display_name` and `topic`. Each exercise becomes a concept; a name
    that comes again adds its prerequisites to the first.

    Args:
        path: The table, UTF-8, with or without a byte order mark.
        topics: Make a concept of each topic instead, weighted by its number of exercises. Topic A
            precedes B if more exercises of B build on A than the other way round; exercises
            without a topic are left out.
        seed: For the drawn easiness and difficulties.

    Raises:
        ValueError: A column is missing, the table is empty, or a prerequisite is no exercise.
    """
    rows = _junyi_rows(Path(path))
    texts = {row["name"]: row["pretty_display_name"].strip() for row in reversed(rows)}
    edges = [
        (prerequisite.strip(), row["name"])
        for row in rows
        for prerequisite in row["prerequisites"].split(",")
        if prerequisite.strip()
    ]
    for edge in edges:
        if edge[0] not in texts:
            raise ValueError(f"{path}: edge {edge!r} names {edge[0]!r}, which is no exercise")
    if not topics:
        graph, cut = _acyclic({row["name"]: None for row in rows}, edges)
        return Imported(_curriculum("junyi", graph, texts, {}, seed), cut)
    topic_of = {row["name"]: row["topic"].strip() for row in rows}
    weights = Counter(topic for topic in topic_of.values() if topic not in NO_TOPIC)
    graph, cut = _acyclic(weights, _topic_edges(dict.fromkeys(edges), topic_of))
    return Imported(_curriculum("junyi-topics", graph, {}, weights, seed), cut)


def from_alcpl(path: str | Path, *, seed: int = 0) -> Imported:
    """Read a `.preqs` file of AL-CPL (Liang et al. 2018) and reduce it transitively.

    Each line is `concept,prerequisite`: the second is a prerequisite of the first. The files hold
    every pair that follows from others; the curriculum keeps only those that do not.

    Args:
        path: The file, UTF-8; the curriculum is named after it.
        seed: For the drawn easiness and difficulties.

    Raises:
        ValueError: The file is empty or a line does not hold two names; the message names it.
    """
    edges = []
    with Path(path).open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), start=1):
            names = [name.strip() for name in row]
            if names and (len(names) != 2 or not all(names)):
                raise ValueError(f"{path}:{number} must hold concept,prerequisite, got {row!r}")
            if names:
                edges.append((names[1], names[0]))
    if not edges:
        raise ValueError(f"{path} must hold at least one pair concept,prerequisite, got none")
    graph, cut = _acyclic({name: None for edge in edges for name in reversed(edge)}, edges)
    reduced = nx.DiGraph()
    reduced.add_nodes_from(graph)
    implied = set(graph.edges) - set(nx.transitive_reduction(graph).edges)
    reduced.add_edges_from(edge for edge in graph.edges if edge not in implied)
    return Imported(_curriculum(Path(path).stem, reduced, {}, {}, seed), cut)


def _junyi_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        for column in JUNYI_COLUMNS:
            if column not in (reader.fieldnames or ()):
                raise ValueError(f"{path} must have a column {column!r}, got {reader.fieldnames!r}")
        rows = [{column: row[column] for column in JUNYI_COLUMNS} for row in reader]
    if not rows:
        raise ValueError(f"{path} must hold at least one exercise, got none")
    return rows


def _topic_edges(edges: Iterable[Edge], topic_of: Mapping[str, str]) -> list[Edge]:
    counts = Counter((topic_of[before], topic_of[after]) for before, after in edges)
    return [
        edge
        for edge, count in counts.items()
        if edge[0] != edge[1]
        and count > counts[edge[1], edge[0]]
        and not any(topic in NO_TOPIC for topic in edge)
    ]


def _acyclic(names: Iterable[str], edges: Iterable[Edge]) -> tuple[nx.DiGraph, tuple[Edge, ...]]:
    """Keep the edges in their order, without those that close a cycle of edges before them."""
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    cut = []
    for before, after in edges:
        if nx.has_path(graph, after, before):
            cut.append((before, after))
        else:
            graph.add_edge(before, after)
    return graph, tuple(cut)


def _curriculum(
    name: str,
    graph: nx.DiGraph,
    texts: Mapping[str, str],
    weights: Mapping[str, float],
    seed: int,
) -> Curriculum:
    concepts = (
        drawn_concept(concept, texts.get(concept, ""), float(weights.get(concept, 1)), seed)
        for concept in graph
    )
    return Curriculum(name, tuple(concepts), tuple(graph.edges))
