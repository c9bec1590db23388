"""The picture and the table of a class: same facts, any size, nothing lost."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from envs.activities import Activity, Occupation, Task
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.view import AFFECTS, ClassView, LearnerView, as_text, draw, snapshot
from envs.view_canvas import fit, plain, text_width, whole_sentences, wrap
from envs.view_palette import TUTOR


def a_class(learners: int = 8, concepts: int = 16) -> ClassView:
    columns = max(1, min(learners, int(np.ceil(np.sqrt(2 * learners)))))
    rng = np.random.default_rng(0)
    return ClassView(
        learners=tuple(
            LearnerView(
                number=i + 1,
                seat=(i // columns, i % columns),
                mastery=rng.random(concepts),
                understanding=0.5,
                affect=AFFECTS[i % len(AFFECTS)],
                sickness=5.0 * (i % 10),
                occupation=Occupation(i % len(Occupation)),
                concept="two step equations",
            )
            for i in range(learners)
        ),
        rows=-(-learners // columns),
        columns=columns,
        lesson=2,
        lessons=6,
        minute=14.5,
        minutes=40.0,
        activity=Activity.EXPLAIN,
        target=1,
        concept="two step equations",
        decision_minutes=2.0,
        score=0.61,
        gain=0.18,
    )


def with_first(view: ClassView, **changes: object) -> ClassView:
    first = replace(view.learners[0], **changes)  # type: ignore[arg-type]  # any field
    return replace(view, learners=(first, *view.learners[1:]))


@pytest.mark.parametrize(("learners", "concepts"), [(1, 2), (8, 16), (30, 48), (40, 256)])
def test_any_class_can_be_drawn(learners: int, concepts: int) -> None:
    picture = draw(a_class(learners, concepts))
    assert picture.shape == (640, 960, 3)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture @ np.array([1, 256, 65536]))) > 50


def test_picture_has_the_size_asked_for() -> None:
    assert draw(a_class(), width=480, height=320).shape == (320, 480, 3)


@pytest.mark.parametrize("side", ["width", "height"])
def test_a_picture_that_shows_nothing_is_refused(side: str) -> None:
    with pytest.raises(ValueError, match=f"{side} is 20; expected at least"):
        draw(a_class(), **{side: 20})


@pytest.mark.parametrize(
    "change",
    [
        {"attending": False},
        {"attention": 0.2},
        {"affect": "bored"},
        {"mastery": np.zeros(16)},
        {"occupation": Occupation.WORKED_EXAMPLE},
        {"sickness": 60.0},
        {"present": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_fact_of_a_learner_shows_in_the_picture(change: dict[str, object]) -> None:
    view = a_class()
    before, after = draw(view), draw(with_first(view, **change))
    left, top = 0, 150  # the first learner sits in the front left quarter of the room
    changed = np.argwhere((before != after).any(axis=2))
    assert len(changed) > 20
    assert (changed >= (top, left)).all()
    assert (changed <= (340, 300)).all()


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_looks_different_from_the_start(activity: Activity) -> None:
    view = replace(a_class(), target=0)
    assert (draw(replace(view, activity=activity)) != draw(replace(view, activity=None))).any()


def test_attentive_eyes_cast_light() -> None:
    """Without the ring of past attention, what is yellow is the gaze."""
    view = with_first(a_class(1), attention=0.0)
    assert yellow(draw(view)) > 1000
    assert yellow(draw(with_first(view, attending=False))) == 0


def yellow(picture: NDArray[np.uint8]) -> int:
    """Count yellow pixels above the legend."""
    red, green, blue = picture[:550].astype(int).transpose(2, 0, 1)
    return int(((red - blue > 60) & (green - blue > 50) & (red > 230)).sum())


def test_mastery_darkens_the_desk() -> None:
    dark = []
    for share in (0.1, 0.5, 0.9):
        picture = draw(with_first(a_class(1), mastery=np.full(16, share)))
        desk = picture[240:340, 320:640].astype(int)
        dark.append(int(np.clip(desk[..., 2] - desk[..., 0], 0, None).sum()))
    assert 1.2 * dark[0] < dark[1] < dark[2] / 1.2


def test_target_is_framed() -> None:
    """The last learner sits at the back right."""
    view = replace(a_class(), activity=Activity.CUE)
    seat = np.s_[330:460, 700:930]
    purple = (draw(replace(view, target=8))[seat] == TUTOR).all(axis=2).sum()
    assert purple > 400
    assert (draw(view)[seat] == TUTOR).all(axis=2).sum() == 0


def test_reason_is_written_between_class_and_legend() -> None:
    first, second = (draw(replace(a_class(), reason=words)) for words in ("Because.", "Why not?"))
    rows = np.argwhere((first != second).any(axis=2))[:, 0]
    assert len(rows) > 50
    assert rows.min() > 510
    assert rows.max() < 570


@pytest.mark.parametrize("affect", AFFECTS)
def test_faces_differ_without_colour(affect: str) -> None:
    """A reader who sees no colour tells affects apart: compare with every other in grey."""
    view = a_class(1)
    own = draw(with_first(view, affect=affect)).mean(axis=2)
    for other in set(AFFECTS) - {affect}:
        grey = draw(with_first(view, affect=other)).mean(axis=2)
        assert (np.abs(own - grey) > 60).sum() > 100


def test_table_has_a_line_for_every_learner() -> None:
    text = as_text(a_class(30))
    lines = text.splitlines()
    assert "Lesson 2 of 6, minute 14.5 of 40" in lines[0]
    assert "Explain: two step equations, to learner 1, 2 min" in lines[0]
    assert [line.split()[0] for line in lines[2:]] == [str(n) for n in range(1, 31)]
    assert "\x1b" not in text


def test_table_colours_only_when_asked() -> None:
    assert "\x1b[33mconfused" in as_text(a_class(), colours=True)


def test_table_names_who_left() -> None:
    assert as_text(with_first(a_class(), present=False)).splitlines()[2].split()[:2] == [
        "1",
        "left",
    ]


def test_text_fits_its_room() -> None:
    long = "linear equations with unknowns on both sides and brackets"
    short = fit(long, 12, 120)
    assert short.endswith("…")
    assert text_width(short, 12) <= 120
    assert fit("short", 12, 120) == "short"
    lines = wrap(long, 12, 150, 2)
    assert len(lines) == 2
    assert all(text_width(line, 12) <= 150 for line in lines)


def test_a_caption_ends_with_a_sentence_where_one_fits() -> None:
    """A reason that breaks off in the middle of a number reads as another number."""
    first, second = "Explains sums to learner 2.", "It should add 0.16 points a minute."
    both = f"{first} {second}"
    assert " ".join(whole_sentences(both, 12, 400, 2)) == both
    assert " ".join(whole_sentences(both, 12, 120, 2)) == first
    assert whole_sentences(both, 12, 80, 1) == [fit(first, 12, 80)]


def test_letters_that_the_font_lacks_are_spelled() -> None:
    assert plain("\u00e9galit\u00e9 \u2013 3 \u00d7 4 \u4e2d") == "egalite - 3 x 4 ?"


def test_impossible_views_are_refused() -> None:
    view = a_class()
    with pytest.raises(ValueError, match="affect is 'happy'; expected one of engaged"):
        with_first(view, affect="happy")
    with pytest.raises(ValueError, match=r"attention is 1.5; expected a share"):
        with_first(view, attention=1.5)
    with pytest.raises(ValueError, match="target is 9; expected 0 or"):
        replace(view, target=9)
    with pytest.raises(ValueError, match="seat of learner 5"):
        replace(view, rows=1)


def taught(actions: int, learners: int = 5) -> Simulation:
    """Small class, each learner at a worked example on concept 1, the first cued."""
    course = Course(learners=learners, lessons=2, minutes=5)
    simulation = Simulation(1, course, builtin("algebra-16"), Constants())
    simulation.seed(np.array([3]))
    simulation.start()
    action = np.array([[Activity.CUE, 1, 1, *[Task.WORKED_EXAMPLE, 1] * learners]])
    for _ in range(actions):
        simulation.step(action)
    return simulation


def test_snapshot_shows_the_hidden_state() -> None:
    simulation = taught(3)
    view = snapshot(simulation, 0, "Because.")
    world = simulation.world
    assert (view.lesson, view.lessons, view.minute, view.minutes) == (1, 2, 1.5, 5)
    assert (view.activity, view.target, view.reason) == (Activity.CUE, 1, "Because.")
    assert view.concept == simulation.curriculum.concepts[1].name.replace("-", " ")
    assert [each.attending for each in view.learners] == [
        lapsed == 0 for lapsed in world.state.mind.lapsed[0]
    ]
    assert {each.occupation for each in view.learners} == {Occupation.WORKED_EXAMPLE}
    assert {each.concept for each in view.learners} == {view.concept}
    expected = world.state.tally.expected[0].mean()
    start = world.state.tally.expected_start[0].mean()
    assert view.score == pytest.approx(expected)
    assert view.gain == pytest.approx((expected - start) / (1 - start))


def test_snapshot_before_the_first_decision_and_at_the_end_of_a_lesson() -> None:
    first = snapshot(taught(0))
    assert (first.activity, first.minute, first.gain) == (None, 0, 0)
    end = snapshot(taught(10))
    assert (end.lesson, end.minute) == (1, 5)
    assert snapshot(taught(20)).lesson == 2


def test_snapshot_leaves_the_classroom_as_it_was() -> None:
    simulation = taught(2)
    before = simulation.state_dict()
    snapshot(simulation)
    after = simulation.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_snapshot_of_no_classroom_is_refused() -> None:
    with pytest.raises(ValueError, match="index is 1; expected 0 to 0"):
        snapshot(taught(0), 1)
