"""Prerequisite files in the form of Junyi's exercise table and of AL-CPL become curricula."""

from pathlib import Path

import pytest

from envs.curricula import find
from envs.curriculum_generate import drawn_concept
from envs.curriculum_import import from_alcpl, from_junyi

HEADER = "name,live,prerequisites,h_position,pretty_display_name,short_display_name,topic,area\n"
JUNYI = HEADER + (
    "counting,TRUE,,0,Counting,Cnt,numbers,arithmetic\n"
    "adding,TRUE,counting,1,Adding,Add,numbers,arithmetic\n"
    'doubling,TRUE,"adding,adding",2,Doubling,Dbl,numbers,arithmetic\n'
    'ratios,TRUE,"ratios,doubling",3,Ratios,Rat,ratios,arithmetic\n'
    "rates,TRUE,ratios,3,Rates,Rte,ratios,arithmetic\n"
    "round_a,TRUE,round_c,4,A,A,ratios,arithmetic\n"
    'round_b,TRUE,"round_a,adding",4,B,B,ratios,arithmetic\n'
    "round_c,TRUE,round_b,4,C,C,ratios,arithmetic\n"
    "estimating,TRUE,rates,5,Estimating,Est,numbers,arithmetic\n"
    "stray,FALSE,estimating,9,Stray,Str,N/A,N/A\n"
    "stray,FALSE,estimating,9,Stray,Str,N/A,N/A\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "exercises.csv"
    path.write_text(JUNYI, encoding="utf-8-sig")
    return path


def test_junyi_exercises_become_concepts_with_their_prerequisites(table: Path) -> None:
    curriculum, _ = from_junyi(table, seed=5)
    assert curriculum.name == "junyi"
    assert curriculum.size == 10
    assert curriculum.concepts[1] == drawn_concept("adding", "Adding", 1.0, seed=5)
    assert set(curriculum.prerequisites) == {
        ("counting", "adding"),
        ("adding", "doubling"),
        ("adding", "round_b"),
        ("doubling", "ratios"),
        ("ratios", "rates"),
        ("rates", "estimating"),
        ("round_a", "round_b"),
        ("round_c", "round_a"),
        ("estimating", "stray"),
    }


def test_junyi_self_loops_and_the_last_edge_of_a_cycle_are_cut_and_reported(table: Path) -> None:
    curriculum, cut = from_junyi(table)
    assert cut == (("ratios", "ratios"), ("round_b", "round_c"))
    assert not set(cut) & set(curriculum.prerequisites)
    assert len(curriculum.prerequisites) == 9


def test_junyi_topics_follow_the_majority_of_their_exercises(table: Path) -> None:
    curriculum, cut = from_junyi(table, topics=True)
    assert [(concept.name, concept.weight) for concept in curriculum.concepts] == [
        ("numbers", 4.0),
        ("ratios", 5.0),
    ]
    assert curriculum.prerequisites == (("numbers", "ratios"),)
    assert cut == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,topic\na,b\n", r"must have a column 'prerequisites', got \['name', 'topic'\]"),
        ("", r"must have a column 'name', got None"),
        (HEADER, r"must hold at least one exercise"),
        (HEADER + "a,TRUE,b,0,A,A,t,t\n", r"edge \('b', 'a'\) names 'b', which is no exercise"),
    ],
)
def test_a_wrong_junyi_table_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "exercises.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        from_junyi(path)


def test_alcpl_second_is_prerequisite_of_first_and_implied_pairs_go(tmp_path: Path) -> None:
    path = tmp_path / "shapes.preqs"
    path.write_text("Square,Line\nSquare,Angle\nAngle,Line\nCube,Square\nCube,Line\n")
    curriculum, cut = from_alcpl(path, seed=2)
    assert curriculum.name == "shapes"
    assert set(curriculum.prerequisites) == {
        ("Line", "Angle"),
        ("Angle", "Square"),
        ("Square", "Cube"),
    }
    assert cut == ()
    assert [concept.name for concept in curriculum.concepts] == ["Square", "Line", "Angle", "Cube"]
    assert curriculum.concepts[0] == drawn_concept("Square", "", 1.0, seed=2)


def test_alcpl_cycles_are_cut_at_the_pair_read_last(tmp_path: Path) -> None:
    path = tmp_path / "shapes.preqs"
    path.write_text("b,a\nc,b\n\na,c\nd,d\n")
    curriculum, cut = from_alcpl(path)
    assert set(curriculum.prerequisites) == {("a", "b"), ("b", "c")}
    assert cut == (("c", "a"), ("d", "d"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nc\n", r"shapes.preqs:2 must hold concept,prerequisite, got \['c'\]"),
        ("a,b,c\n", r"shapes.preqs:1 must hold concept,prerequisite"),
        ("\n", r"must hold at least one pair concept,prerequisite, got none"),
    ],
)
def test_a_wrong_alcpl_file_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.preqs"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        from_alcpl(path)


def test_commands_find_both_kinds_of_file_by_their_path(table: Path, tmp_path: Path) -> None:
    """Who downloaded a table teaches it with `--curriculum FILE`, and need write no Python."""
    assert find(str(table)) == from_junyi(table, topics=True).curriculum
    path = tmp_path / "shapes.preqs"
    path.write_text("square,rectangle\n", encoding="utf-8")
    assert find(str(path)) == from_alcpl(path).curriculum
