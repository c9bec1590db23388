"""The constants of learners and classroom, each with a tag that says where its value comes from.

`Fitted`: estimated from answer logs, by `python -m scripts.calibrate`, `scripts.fit_moments` or as
the named file says; `Cited`: within the range that the named source gives; `Assumed`: our choice,
with the range over which conclusions must be checked. The defaults
are plain floats, so a `Constants` goes into a compiled kernel as it is. Change one with
`Constants(knowledge=KnowledgeConstants(intercept=0.2))`; `check` refuses what is out of range.
"""

from collections.abc import Iterator
from typing import Annotated, NamedTuple, get_type_hints

from envs.learners.constants import (
    BKTLearnerConstants,
    CardConstants,
    DeckConstants,
    NetworkConstants,
    ReviewConstants,
    WindowConstants,
)
from envs.tags import Assumed, Cited, Fitted, Tag

_SMM = (
    "simulated moments of ASSISTments 2009 (python -m scripts.fit_moments, rounded), begun at "
    "envs/data/fitted/smm4_params.json, with lapses, boost and drift in the model"
)
_SMM_FIRST = "simulated moments of ASSISTments 2009, envs/data/fitted/smm4_params.json"
_ANCHOR = "; placed there by the anchored rows of scripts.realism, which do not test it then"
_MIXED = "mixed logistic model of ASSISTments 2009, envs/data/fitted/pairRE_assist2009.json"
_CLOCKS = "Algebra I 2005-06 and ASSISTments 2017, envs/data/fitted/forgetting.json"
_LATENT = "ASSISTments 2017, envs/data/fitted/latent_state_timescale.json"
_CURVES = "envs/data/fitted/time_curves.json"


class KnowledgeConstants(NamedTuple):
    """Logit mastery and its growth with practice."""

    intercept: Annotated[float, Fitted(0.0, 1.2, "logit", _SMM)] = 0.83
    ability_sd: Annotated[float, Fitted(0.9, 1.3, "logit", _SMM + "; .98 mixed model")] = 1.18
    ability_skew: Annotated[float, Fitted(0.0, 0.6, "log", _SMM + "; see `envs.population`")] = 0.45
    learning_rate_log_sd: Annotated[float, Assumed(0.1, 0.6, "log", "smm4: .13 by .28")] = 0.3
    learner_concept_sd: Annotated[float, Fitted(0.25, 0.5, "logit", _SMM + "; " + _MIXED)] = 0.26
    concept_slope_sd: Annotated[float, Fitted(0.1, 0.25, "logit", _MIXED)] = 0.20
    first_exposure_jump: Annotated[float, Fitted(0.0, 0.7, "logit", _SMM)] = 0.325
    growth: Annotated[float, Fitted(0.15, 0.4, "logit per ln(1 + n)", _SMM)] = 0.225
    failure_ratio: Annotated[float, Fitted(0.8, 1.3, "ratio", _SMM_FIRST)] = 1.08
    unexplained_failure_ratio: Annotated[
        float,
        Cited(0.1, 0.6, "ratio", "van der Kleij et al. 2015: right/wrong .05, explanation .49"),
    ] = 0.3
    prerequisite_transfer: Annotated[
        float,
        Fitted(0.0, 0.5, "logit per logit", "envs/data/fitted/learner_params.json, .20 +- .15"),
    ] = 0.2
    slip: Annotated[float, Fitted(0.0, 0.05, "probability", _MIXED + ": accuracy .995")] = 0.01
    context_sd: Annotated[
        float, Fitted(0.4, 1.0, "logit", _SMM + ", less lapses, drift and session")
    ] = 0.9
    context_correlation: Annotated[float, Fitted(0.7, 0.9, "per answer", _SMM)] = 0.79


class MemoryConstants(NamedTuple):
    """Forgetting in log hours, spacing, and the short-term boost."""

    forgetting: Annotated[float, Fitted(0.04, 0.20, "logit per ln(1 + h)", _CLOCKS)] = 0.08
    forgetting_log_sd: Annotated[
        float, Fitted(0.3, 0.7, "log", _CLOCKS + ": spans .04 and .15")
    ] = 0.5
    spacing: Annotated[float, Fitted(0.0, 0.15, "per ln(1 + days)", _CLOCKS)] = 0.09
    spacing_floor: Annotated[
        float, Assumed(0.2, 0.5, "share", "spacing never removes more of the forgetting")
    ] = 0.3
    retrieval_saving: Annotated[
        float, Assumed(0.1, 0.3, "share", "from g = .5 to .6 of the testing effect, Rowland 2014")
    ] = 0.2
    boost: Annotated[float, Fitted(0.2, 0.4, "logit", _CLOCKS + ": gap curve under 10 min")] = 0.3
    boost_half_life: Annotated[float, Fitted(10.0, 60.0, "min", _CLOCKS)] = 20.0


class AcquisitionConstants(NamedTuple):
    """How instruction builds understanding and how occupations count as practice."""

    gap: Annotated[
        float, Assumed(1.5, 3.5, "logit", "mastery lost where nothing is understood")
    ] = 2.5
    scale: Annotated[
        float,
        Assumed(
            0.5, 2.0, "ratio", "common scale: nearest to both anchors of Hake 1998, within 2 %"
        ),
    ] = 1.9
    present: Annotated[float, Assumed(0.06, 0.24, "per min", "exposition")] = 0.12
    demonstrate: Annotated[float, Assumed(0.08, 0.32, "per min", "immersive, g .24 to .38")] = 0.16
    worked_example: Annotated[float, Assumed(0.10, 0.40, "per min", "Barbieri 2023, g .48")] = 0.20
    explain: Annotated[float, Assumed(0.25, 1.0, "per min", "one learner, tutor's words")] = 0.50
    peer: Annotated[float, Assumed(0.07, 0.30, "per min and partner's share", "g .33-.43")] = 0.15
    practise: Annotated[float, Assumed(0.02, 0.08, "per min", "items with feedback")] = 0.04
    practise_opportunities: Annotated[float, Assumed(0.5, 2.0, "per answer", "definition")] = 1.0
    quiz_opportunities: Annotated[float, Assumed(0.15, 0.6, "per answer", ".6 per min")] = 0.3
    peer_opportunities: Annotated[float, Assumed(0.35, 1.4, "per min", "active work")] = 0.7
    explain_opportunities: Annotated[float, Assumed(0.25, 1.0, "per min", "guided")] = 0.5
    example_opportunities: Annotated[float, Assumed(0.15, 0.6, "per min", "study")] = 0.3
    demonstrate_opportunities: Annotated[float, Assumed(0.05, 0.2, "per min", "watching")] = 0.1
    blind_practice: Annotated[
        float, Assumed(0.1, 0.4, "share", "what practice is worth with no understanding")
    ] = 0.2
    readiness_slope: Annotated[float, Assumed(0.5, 4.0, "per logit", "of the weakest parent")] = 2.0
    readiness_floor: Annotated[float, Assumed(0.02, 0.4, "share", "without any parent")] = 0.1
    novice_multiplier: Annotated[
        float, Cited(1.2, 1.65, "ratio", "Tetzlaff et al. 2025: d = +.505, low prior knowledge")
    ] = 1.40
    expert_multiplier: Annotated[
        float, Cited(0.45, 0.83, "ratio", "Tetzlaff et al. 2025: d = -.428, high prior knowledge")
    ] = 0.66
    novice_logit: Annotated[float, Assumed(-1.0, 0.0, "logit", "mastery of a novice")] = -0.5
    expert_logit: Annotated[float, Assumed(0.5, 1.5, "logit", "mastery of an expert")] = 1.0
    tutee_gain: Annotated[
        float, Cited(0.2, 0.6, "ratio", "Alegre 2018, g = .33; per logit of difference, to 1")
    ] = 0.4
    tutor_gain: Annotated[float, Cited(0.3, 0.7, "ratio", "Leung 2019: .43 for tutors")] = 0.5
    cue_multiplier: Annotated[
        float, Cited(1.1, 1.5, "ratio", "Schneider et al. 2018: retention g = .53, transfer .33")
    ] = 1.3
    resolved_confusion: Annotated[
        float, Assumed(1.0, 1.2, "ratio", "learning after confusion that resolved")
    ] = 1.1
    prior_ability: Annotated[float, Assumed(0.6, 1.8, "per sd", "prior understanding")] = 1.2
    prior_level: Annotated[float, Assumed(0.5, 1.5, "logit", "prior understanding at a root")] = 1.0
    prior_depth: Annotated[float, Assumed(3.0, 7.0, "logit", "from root to deepest")] = 5.0
    prior_sd: Annotated[float, Assumed(0.4, 1.2, "logit", "learner by concept")] = 0.8


class AttentionConstants(NamedTuple):
    """Mind wandering: a two-state chain whose rates follow slow engagement."""

    trait_mean: Annotated[float, Assumed(0.5, 1.2, "logit", "Wong 2022: 30 % lapsed")] = 0.85
    trait_sd: Annotated[float, Assumed(0.3, 0.9, "logit", "between learners")] = 0.7
    trait_ability_correlation: Annotated[
        float, Assumed(0.0, 0.5, "r", "Wong 2022: r(lapsed, post-test) = -.27" + _ANCHOR)
    ] = 0.25
    engagement_sd: Annotated[float, Fitted(0.3, 0.55, "logit", _LATENT)] = 0.44
    engagement_minutes: Annotated[float, Fitted(5.0, 40.0, "min", _LATENT)] = 12.7
    session_sd: Annotated[float, Fitted(0.2, 0.45, "logit", _LATENT)] = 0.35
    lapse_rate: Annotated[
        float, Cited(0.3, 0.74, "per min", "Mills 2015: .52 reports per min" + _ANCHOR)
    ] = 0.5
    return_rate: Annotated[float, Cited(1.2, 2.4, "per min", "Mills 2015 and Wong 2022")] = 1.73
    return_slope: Annotated[float, Assumed(0.0, 1.0, "per logit", "of attention's drive")] = 0.5
    lapse_cost: Annotated[float, Fitted(0.5, 1.4, "logit", _LATENT)] = 1.1
    lapsed_learning: Annotated[float, Assumed(0.0, 0.4, "share", "learning while lapsed")] = 0.15
    warm_up: Annotated[float, Fitted(-0.25, 0.0, "logit", "first 2 min, " + _CURVES)] = -0.15
    peak: Annotated[float, Fitted(0.0, 0.1, "logit", "min 5 to 20, " + _CURVES)] = 0.05
    decline: Annotated[float, Fitted(-0.1, 0.0, "logit", "beyond 30 min, " + _CURVES)] = -0.03
    passive_slope: Annotated[
        float, Assumed(0.0, 0.03, "log rate per min", "Wammes 2016: 0, Risko 2012: .02" + _ANCHOR)
    ] = 0.002
    circulating: Annotated[
        float, Assumed(0.0, 1.0, "share", "of being addressed, while the tutor circulates")
    ] = 0.5
    unattended_slope: Annotated[
        float, Assumed(0.0, 0.04, "log rate per min", "since the tutor last addressed the learner")
    ] = 0.01
    slope_minutes: Annotated[float, Cited(20.0, 40.0, "min", "Risko 2012: 40 min video")] = 40.0
    cue_return: Annotated[float, Assumed(1.1, 2.0, "ratio", "return rate while cued")] = 1.5
    cue_recovery_minutes: Annotated[
        float, Assumed(2.0, 15.0, "min", "habituation (Rankin 2009): a soon repeated cue is weaker")
    ] = 5.0
    cue_minutes: Annotated[float, Assumed(1.0, 4.0, "min", "how long a cue lasts")] = 2.0
    class_cue: Annotated[
        float, Assumed(0.2, 0.8, "probability", "that a cue to the class ends a lapse")
    ] = 0.5
    rest_relief: Annotated[
        float, Cited(0.6, 1.0, "ratio", "Albulescu 2022: fatigue d = .35; lapse rate after rest")
    ] = 0.8
    rest_relief_minutes: Annotated[float, Assumed(5.0, 20.0, "min", "after a rest")] = 10.0
    rest_minutes: Annotated[float, Assumed(3.0, 15.0, "min", "recovery of fatigue")] = 5.0
    contagion_down: Annotated[
        float, Assumed(1.0, 5.0, "logit per share", "Kalsi 2022; only inattention spreads well")
    ] = 3.0
    contagion_up: Annotated[float, Assumed(0.3, 1.5, "logit per share", "weaker")] = 0.8
    contagion_minutes: Annotated[float, Assumed(2.0, 10.0, "min", "memory of neighbours")] = 5.0
    contagion_behind: Annotated[float, Cited(0.0, 0.5, "share", "Forrin 2021: weak")] = 0.3
    usual_share: Annotated[float, Cited(0.65, 0.75, "share", "Wong 2022: 30 % lapsed")] = 0.70


class AffectConstants(NamedTuple):
    """Affect chain per 30 s (engaged, confused, frustrated, bored); rows sum to 1."""

    engaged_confused: Annotated[float, Assumed(0.02, 0.10, "probability", "D'Mello 2012")] = 0.048
    engaged_frustrated: Annotated[float, Assumed(0.0, 0.02, "probability", "rare")] = 0.006
    engaged_bored: Annotated[float, Assumed(0.01, 0.06, "probability", "D'Mello 2012")] = 0.028
    confused_engaged: Annotated[float, Assumed(0.1, 0.4, "probability", "D'Mello 2012")] = 0.215
    confused_frustrated: Annotated[float, Assumed(0.02, 0.1, "probability", "D'Mello")] = 0.055
    confused_bored: Annotated[float, Assumed(0.0, 0.05, "probability", "rare")] = 0.025
    frustrated_engaged: Annotated[float, Assumed(0.05, 0.2, "probability", "D'Mello")] = 0.110
    frustrated_confused: Annotated[float, Assumed(0.05, 0.2, "probability", "D'Mello")] = 0.110
    frustrated_bored: Annotated[float, Assumed(0.03, 0.2, "probability", "D'Mello 2012")] = 0.080
    bored_engaged: Annotated[float, Assumed(0.05, 0.2, "probability", "boredom persists")] = 0.100
    bored_confused: Annotated[float, Assumed(0.0, 0.03, "probability", "rare")] = 0.012
    bored_frustrated: Annotated[float, Assumed(0.0, 0.05, "probability", "D'Mello 2012")] = 0.024
    error_confusion: Annotated[float, Assumed(1.5, 4.0, "ratio", "after an error")] = 2.5
    success_relief: Annotated[float, Assumed(1.3, 3.0, "ratio", "after a success")] = 2.0
    errors_frustration: Annotated[float, Assumed(1.3, 3.0, "ratio", "two errors in a row")] = 2.0
    ease_boredom: Annotated[float, Assumed(1.3, 3.0, "ratio", "P > .9, or passive > 10 min")] = 2.0
    ease_threshold: Annotated[float, Assumed(0.85, 0.95, "probability", "too easy")] = 0.9
    passive_threshold: Annotated[float, Assumed(5.0, 20.0, "min", "too long passive")] = 10.0
    explanation_relief: Annotated[
        float, Assumed(0.5, 1.0, "probability", "one-to-one explanation resolves confusion")
    ] = 0.8
    resolution_minutes: Annotated[float, Assumed(1.0, 4.0, "min", "D'Mello & Graesser")] = 2.0
    frustration_drive: Annotated[float, Assumed(-0.6, 0.0, "logit", "on attention")] = -0.3
    boredom_drive: Annotated[float, Assumed(-0.9, -0.3, "logit", "on attention")] = -0.6
    hint_rate: Annotated[float, Assumed(0.1, 0.6, "per wrong answer", "hints asked")] = 0.3
    hand_rate: Annotated[float, Assumed(0.05, 0.4, "per step", "confused or frustrated")] = 0.15


class SicknessConstants(NamedTuple):
    """Simulator sickness (SSQ total), its effects, and novelty."""

    susceptibility_log_mean: Annotated[
        float, Cited(3.1, 3.4, "log SSQ", "Saredakis 2020: mean 28.0 at 30 min (24.7 to 31.4)")
    ] = 3.26
    susceptibility_log_sd: Annotated[float, Assumed(0.5, 1.1, "log", "between learners")] = 0.8
    onset_minutes: Annotated[float, Assumed(10.0, 40.0, "min", "time constant in the headset")] = (
        20.0
    )
    recovery_minutes: Annotated[float, Cited(10.0, 60.0, "min", "Duzmanska 2018")] = 30.0
    adaptation: Annotated[float, Assumed(0.6, 1.0, "ratio per lesson", "Duzmanska 2018")] = 0.85
    motion: Annotated[float, Assumed(1.0, 2.0, "ratio", "demonstration against sitting")] = 1.5
    threshold: Annotated[float, Cited(30.0, 50.0, "SSQ", "only intense sickness matters")] = 40.0
    drive: Annotated[float, Assumed(0.5, 2.0, "logit per 40 SSQ above", "on attention")] = 1.0
    leave_rate: Annotated[
        float, Cited(0.05, 0.5, "per min and 40 SSQ above", "15 % leave a 30 to 60 min session")
    ] = 0.25
    novelty_lessons: Annotated[float, Assumed(1.0, 4.0, "lessons", "Lee 2025: 3 waves")] = 2.0
    novelty_drive: Annotated[float, Assumed(0.0, 0.6, "logit", "Lee 2025, direction")] = 0.3
    novelty_bonus: Annotated[
        float, Cited(0.0, 0.6, "share", "Villena-Taranilla 2022: .72 under 2 h, .49 beyond")
    ] = 0.3
    novelty_cost: Annotated[float, Assumed(0.0, 0.4, "share", "Lee 2025, direction")] = 0.2


class SensorConstants(NamedTuple):
    """Sensors per 30 s window: d' (mean shift in noise sds) of attending against lapsed."""

    gaze: Annotated[float, Cited(0.66, 1.0, "d'", "Hutt 2019: AUC about .72" + _ANCHOR)] = 0.7
    head: Annotated[float, Cited(0.3, 0.7, "d'", "Moser 2024; AUC .64" + _ANCHOR)] = 0.45
    face: Annotated[float, Cited(0.43, 0.82, "d'", "Suemer 2021: AUC .62-.72" + _ANCHOR)] = 0.5
    voice: Annotated[float, Cited(0.25, 0.5, "d'", "prosody, AUC .60" + _ANCHOR)] = 0.38
    touch: Annotated[float, Cited(0.36, 0.9, "d'", "from logs, AUC .60-.77" + _ANCHOR)] = 0.45
    sway: Annotated[float, Assumed(0.3, 1.0, "per 40 SSQ", "head sway")] = 0.6
    discomfort: Annotated[float, Assumed(0.3, 0.9, "d'", "frustrated or bored, AUC .66")] = 0.58
    confusion: Annotated[float, Assumed(0.2, 0.7, "d'", "confused, AUC .62")] = 0.43
    bias_sd: Annotated[float, Cited(0.2, 0.6, "sd", "Suemer 2021: +.08 AUC by own labels")] = 0.4
    noise_seconds: Annotated[float, Assumed(30.0, 120.0, "s", "noise correlation")] = 60.0
    gaze_lost: Annotated[float, Cited(0.02, 0.1, "probability", "Hutt 2019: no eye in 5 %")] = 0.05
    muted: Annotated[float, Assumed(0.4, 0.8, "probability", "microphone off in a lesson")] = 0.6
    spike: Annotated[float, Assumed(0.0, 0.03, "probability", "latency blanks a window")] = 0.01
    circulate_noise: Annotated[
        float, Assumed(0.5, 1.0, "ratio", "noise while the tutor watches")
    ] = 0.7


class TimeConstants(NamedTuple):
    """Time on an item."""

    seconds_log_mean: Annotated[float, Fitted(2.8, 3.6, "log s", _CLOCKS)] = 3.48
    seconds_log_sd: Annotated[float, Fitted(1.0, 1.2, "log s", _CLOCKS)] = 1.10


class Constants(NamedTuple):
    """All constants of the learners and their classroom."""

    knowledge: KnowledgeConstants = KnowledgeConstants()
    memory: MemoryConstants = MemoryConstants()
    acquisition: AcquisitionConstants = AcquisitionConstants()
    attention: AttentionConstants = AttentionConstants()
    affect: AffectConstants = AffectConstants()
    sickness: SicknessConstants = SicknessConstants()
    sensors: SensorConstants = SensorConstants()
    time: TimeConstants = TimeConstants()
    bkt: BKTLearnerConstants = BKTLearnerConstants()
    review: ReviewConstants = ReviewConstants()
    fsrs: DeckConstants = DeckConstants()
    flashcards: CardConstants = CardConstants()
    das3h: WindowConstants = WindowConstants()
    neural: NetworkConstants = NetworkConstants()

    def tagged(self) -> Iterator[tuple[str, float, Tag]]:
        """Every constant as ("group.name", value, tag)."""
        for group, values in self._asdict().items():
            for name, hint in get_type_hints(type(values), include_extras=True).items():
                yield f"{group}.{name}", getattr(values, name), hint.__metadata__[0]

    def check(self) -> None:
        """Raise ValueError where a constant is not a number within its tagged range."""
        for name, value, tag in self.tagged():
            if not tag.low <= value <= tag.high:
                limits = f"{tag.low} to {tag.high} {tag.unit}"
                raise ValueError(f"constants.{name} is {value}; expected {limits}")
