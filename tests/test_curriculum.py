"""Curricula are validated, survive a file, and reach the kernels as arrays that mean the same."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.curricula import find
from envs.curriculum import BUILTIN, Concept, Curriculum, builtin, load
from envs.curriculum_generate import ITEM_SD, drawn_concept, generate

BUILTIN_SEED = 763
"""As `envs/data/curricula/SOURCE.md` says."""


def _concept(name: str, **changes: Any) -> Concept:
    return Concept(**{"name": name, "items": (-1.0, 0.0, 1.0), **changes})


def _diamond() -> Curriculum:
    """Top before left and right, both before bottom, in an order that is not topological."""
    return Curriculum(
        "diamond",
        (
            _concept("bottom", weight=3),
            _concept("left"),
            _concept("top", weight=2),
            _concept("right", easiness=0.5, items=(-2.0, 0.5, 1.5)),
        ),
        (("left", "bottom"), ("right", "bottom"), ("top", "left"), ("top", "right")),
    )


def _graph(curriculum: Curriculum) -> nx.DiGraph:
    graph = nx.DiGraph(curriculum.prerequisites)
    graph.add_nodes_from(concept.name for concept in curriculum.concepts)
    return graph


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, r"Concept.name must be a string.* got ''"),
        ({"name": " a"}, r"Concept.name must be a string.* got ' a'"),
        ({"name": 3}, r"Concept.name must be a string.* got 3"),
        ({"text": None}, r"Concept.text of concept 'a' must be a string, got None"),
        ({"weight": 0}, r"Concept.weight of concept 'a' must be a finite number above 0, got 0"),
        ({"weight": -1.5}, r"Concept.weight .* got -1.5"),
        ({"weight": math.inf}, r"Concept.weight .* got inf"),
        ({"weight": True}, r"Concept.weight .* got True"),
        ({"easiness": math.nan}, r"Concept.easiness of concept 'a' must be a finite .* got nan"),
        ({"easiness": "easy"}, r"Concept.easiness .* got 'easy'"),
        ({"items": (0.0, 1.0)}, r"Concept.items of concept 'a' must be .* at least 3"),
        ({"items": [0.0, 1.0, 2.0]}, r"Concept.items of concept 'a' must be a tuple"),
        ({"items": (0.0, math.nan, 1.0)}, r"Concept.items .* finite numbers, got nan"),
        ({"items": (0.0, 2.0, 1.0)}, r"Concept.items .* ascending, got 2.0 before 1.0"),
    ],
)
def test_a_wrong_concept_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Concept(**{"name": "a", "items": (-1.0, 0.0, 1.0), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, r"Curriculum.name must be a string .* got ''"),
        ({"concepts": ()}, r"Curriculum.concepts must be .* at least one Concept, got \(\)"),
        ({"concepts": ("top",)}, r"Curriculum.concepts must hold Concepts, got 'top'"),
        ({"concepts": (_concept("top"),) * 2}, r"unique names, got 'top' 2 times"),
        (
            {"concepts": (_concept("top"), _concept("left", items=(0.0,) * 4))},
            r"equally many items each, got 3 for 'top' and 4 for 'left'",
        ),
        ({"prerequisites": [("top", "left")]}, r"prerequisites must be a tuple of edges"),
        ({"prerequisites": (("top",),)}, r"must hold edges .* got \('top',\)"),
        (
            {"prerequisites": (("top", "side"),)},
            r"edge \('top', 'side'\) names 'side', which is no concept",
        ),
        ({"prerequisites": (("top", "top"),)}, r"not form a cycle, got edge \('top', 'top'\)"),
        ({"prerequisites": (("top", "left"),) * 2}, r"once, got \('top', 'left'\) 2 times"),
    ],
)
def test_a_wrong_curriculum_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(_diamond(), **changes)


def test_a_cycle_is_named_by_its_edge() -> None:
    diamond = _diamond()
    with pytest.raises(ValueError, match=r"edge \('bottom', 'top'\) in .*'left' -> 'bottom'"):
        replace(diamond, prerequisites=(*diamond.prerequisites, ("bottom", "top")))


def test_order_puts_prerequisites_first_and_depth_counts_the_longest_path() -> None:
    diamond = _diamond()
    assert [diamond.concepts[c].name for c in diamond.order] == ["top", "left", "right", "bottom"]
    np.testing.assert_array_equal(diamond.levels, [2, 1, 0, 1])
    np.testing.assert_array_equal(diamond.depth, [1, 0.5, 0, 0.5])


def test_arrays_hold_the_curriculum() -> None:
    arrays = _diamond().arrays()
    np.testing.assert_allclose(arrays.weight, np.array([3, 1, 2, 1]) / 7)
    np.testing.assert_array_equal(arrays.easiness, [0, 0, 0, 0.5])
    np.testing.assert_array_equal(arrays.parents, [[1, 3], [2, -1], [-1, -1], [2, -1]])
    np.testing.assert_array_equal(arrays.difficulties[3], [-2, 0.5, 1.5])
    np.testing.assert_allclose(arrays.spread[0], math.sqrt(2 / 3))
    assert arrays.adjacency.dtype == np.float32
    assert {tuple(edge) for edge in np.argwhere(arrays.adjacency)} == {
        (1, 0),
        (3, 0),
        (2, 1),
        (2, 3),
    }


def test_one_concept_is_a_curriculum() -> None:
    arrays = Curriculum("one", (_concept("alone"),), ()).arrays()
    np.testing.assert_array_equal(arrays.parents, [[-1]])
    np.testing.assert_array_equal(arrays.depth, [0])
    np.testing.assert_array_equal(arrays.weight, [1])


@pytest.mark.parametrize("curriculum", [_diamond(), generate(12, 0)], ids=["diamond", "generated"])
def test_a_saved_curriculum_loads_as_it_was(curriculum: Curriculum, tmp_path: Path) -> None:
    curriculum.save(tmp_path / "mine.json")
    assert load(tmp_path / "mine.json") == curriculum
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_a_save_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.json"
    _diamond().save(path)

    def fail(self: Path, text: str, encoding: str) -> None:
        with self.open("w", encoding=encoding) as half:
            half.write(text[:9])
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="disk full"):
        generate(3, 0).save(path)
    assert load(path) == _diamond()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"mine.json: Expecting property name"),
        ("[]", r"mine.json: the curriculum must be an object, got \[\]"),
        ('{"name": "x", "concepts": []}', r"must have the field 'prerequisites'"),
        (
            '{"name": "x", "concepts": [], "prerequisites": [], "date": 1}',
            r"the curriculum has the unknown field 'date'",
        ),
        ('{"name": "x", "concepts": {}, "prerequisites": []}', r"concepts must be a list"),
        (
            '{"name": "x", "concepts": [{"name": "a"}], "prerequisites": []}',
            r"concepts\[0\] must have the field 'items'",
        ),
        (
            '{"name": "x", "concepts": [{"name": "a", "items": 3}], "prerequisites": []}',
            r"concepts\[0\].items must be a list, got 3",
        ),
        (
            '{"name": "x", "concepts": [{"name": "a", "items": [0, 0, 0]}], "prerequisites": [1]}',
            r"prerequisites\[0\] must be a list, got 1",
        ),
        (
            '{"name": "x", "concepts": [{"name": "a", "items": [0, 0, NaN]}], "prerequisites": []}',
            r"mine.json: Concept.items of concept 'a' must be finite",
        ),
    ],
)
def test_a_wrong_file_is_named_with_the_place(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load(path)


@pytest.mark.parametrize("name", BUILTIN)
def test_builtin_curricula_are_real_connected_and_drawn_as_documented(name: str) -> None:
    curriculum = builtin(name)
    graph = _graph(curriculum)
    assert curriculum.name == name
    assert curriculum.size == int(name.split("-")[1])
    assert nx.is_weakly_connected(graph)
    assert set(nx.transitive_reduction(graph).edges) == set(graph.edges)
    assert 1.2 <= len(curriculum.prerequisites) / curriculum.size <= 1.4
    assert 5 <= curriculum.levels.max() <= 9
    assert curriculum.order == tuple(range(curriculum.size))
    for concept in curriculum.concepts:
        assert concept == drawn_concept(concept.name, concept.text, concept.weight, BUILTIN_SEED)
        assert concept.text.endswith(".")


def test_algebra_48_extends_algebra_16() -> None:
    small, large = builtin("algebra-16"), builtin("algebra-48")
    assert set(small.concepts) < set(large.concepts)
    assert set(small.prerequisites) < set(large.prerequisites)


def test_an_unknown_builtin_is_named() -> None:
    with pytest.raises(ValueError, match=r"one of algebra-16, algebra-48, got 'latin'"):
        builtin("latin")


@pytest.mark.parametrize("size", [40, 120, 200])
def test_generated_graphs_match_the_measured_statistics(size: int) -> None:
    for seed in range(50):
        curriculum = generate(size, seed)
        graph = _graph(curriculum)
        in_degrees = np.array([degree for _, degree in graph.in_degree])  # (C,)
        shares = np.bincount(np.minimum(in_degrees, 3), minlength=4) / size
        assert 1.2 <= in_degrees.mean() <= 1.4
        assert 0.05 <= shares[0] <= 0.2
        assert 0.45 <= shares[1] <= 0.7
        assert 0.1 <= shares[2] <= 0.3
        assert 0.05 <= shares[3] <= 0.15
        assert 10 <= max(degree for _, degree in graph.out_degree) <= 20
        assert 6 <= curriculum.levels.max() <= 9
        assert nx.is_weakly_connected(graph)
        assert nx.transitive_reduction(graph).number_of_edges() == graph.number_of_edges()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(size=st.integers(1, 60), seed=st.integers(0, 2**40))
def test_any_size_can_be_generated_and_repeated(size: int, seed: int) -> None:
    curriculum = generate(size, seed)
    assert curriculum.size == size
    assert curriculum.order == tuple(range(size))
    assert nx.is_weakly_connected(_graph(curriculum))
    assert curriculum == generate(size, seed)


def test_another_seed_gives_another_curriculum() -> None:
    assert generate(40, 1).prerequisites != generate(40, 2).prerequisites
    assert generate(40, 1).concepts != generate(40, 2).concepts


def test_drawn_difficulties_have_the_fitted_spread() -> None:
    arrays = generate(400, 0).arrays()
    assert abs(arrays.easiness.mean()) < 3 * 0.9 / 20
    assert abs(arrays.easiness.std() / 0.9 - 1) < 3 / math.sqrt(800)
    assert abs(arrays.spread.mean() - ITEM_SD * math.sqrt(23 / 24)) < 0.04
    assert np.abs(arrays.difficulties.mean(1)).max() < 1e-3


@pytest.mark.parametrize(
    ("size", "seed", "message"),
    [(0, 0, "size .* at least 1, got 0"), (3, -1, "seed .* at least 0, got -1")],
)
def test_a_wrong_size_or_seed_is_named(size: int, seed: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generate(size, seed)


def test_the_file_is_plain_json_with_one_concept_a_line(tmp_path: Path) -> None:
    _diamond().save(tmp_path / "mine.json")
    text = (tmp_path / "mine.json").read_text(encoding="utf-8")
    assert [c["name"] for c in json.loads(text)["concepts"]] == ["bottom", "left", "top", "right"]
    assert sum('"items"' in line for line in text.splitlines()) == 4


@pytest.mark.parametrize("name", ["generated-1-0", "generated-257-0", "generated-99999999999-0"])
def test_what_no_classroom_can_teach_is_refused_before_hours_of_work(name: str) -> None:
    with pytest.raises(ValueError, match=f"curriculum '{name}' has .* concepts; expected 2 to 256"):
        find(name)


def test_an_unknown_curriculum_is_named() -> None:
    with pytest.raises(ValueError, match="curriculum is 'nosuch'; expected algebra-16, algebra-48"):
        find("nosuch")
