"""Results of every measurement as the report reads them, as small as may be."""

from typing import Any

from agents.report.reasons import AREAS
from agents.speed.curves import OURS, PARTS, STOCK
from envs.activities import Occupation

INTERVAL = {"mean": 0.4, "iqm": 0.41, "low": 0.38, "high": 0.43, "mean_low": 0.3, "mean_high": 0.5}
EFFECT = {"value": 0.25, "low": 0.2, "high": 0.3}
FIGURES = (
    *("nlg_delayed", "nlg_immediate", "nlg_measured"),
    *("lowest_quarter_gain", "minutes_lapsed", "dropouts"),
)
EFFECTS = ("cohens_d", "worst_tenth_gain", "wheel_spinning")
TUTOR = {
    "kind": "policy",
    "classes": 4,
    "curve": [0.0, 0.4],
    "gain_by_quartile": [EFFECT] * 4,
    **dict.fromkeys(FIGURES, INTERVAL),
    **dict.fromkeys(EFFECTS, EFFECT),
    "aptitude_treatment": None,
    "profile": {"share": [1.0, 0.5], "low": [1.0, 0.4], "high": [1.0, 0.6]},
    "minutes_by_belief": {each.name.lower(): [1.0, 2.0] for each in Occupation},
}
RIVAL = {"classes": 4, "difference": EFFECT, "paired": EFFECT, "unpaired": EFFECT}
SETTING = {
    "setting": "1 learner, algebra-16, 6 lessons",
    "trained": False,
    "learners": 1,
    "concepts": 16,
    "lessons": 6,
    "policy": 0.4,
    "best_rule": 0.3,
    "specialist": None,
    "share_of_specialist": None,
    "name_of_best_rule": "mastery",
    "policy_interval": [0.3, 0.5],
    "ahead": 0.1,
    "ahead_interval": [0.05, 0.15],
}
VARIANT = {
    "runs": 2,
    "imitated": 2048,
    "decisions": 4096,
    "nlg": INTERVAL,
    "behind": INTERVAL | {"mean": 0.0},
    "steps_to_target": None,
    "steps_of_runs": [None, None],
    "weights": 1000,
    "milliseconds": 2.5,
}
ADAPTED = {
    "courses": [0, 5],
    "frozen": INTERVAL,
    "adapted_minus_frozen": [INTERVAL, INTERVAL | {"mean": 0.35}],
    "candidate_minus_frozen": INTERVAL,
    "informed_minus_frozen": INTERVAL,
    "old_population_minus_frozen": INTERVAL,
    "seeds": [
        {
            "known": {"learners": {"told": True}},
            "promotions": [{"event": "promoted"}, {"event": "rolled back"}],
        }
    ],
}
TOLD = {"auc": 0.6131, "accuracy": 0.7, "recall": 0.4, "f1": 0.5}
ROW = {"name": "share correct", "group": "core", "real": 0.66, "simulated": 0.9, "tolerance": 0.01}
DRILL = {"concepts": 2, "decisions": 4, "hidden": True, "prerequisites": 0.5, "forgetting": False}
LEAD = {"nlg": {}, "lead": INTERVAL, "agreement": 1.0, "flips": []}
FINDINGS = [
    LEAD | {"name": "default", "end": ""},
    LEAD | {"name": "affect.novelty", "end": "low", "flips": [["attention", "fixed"]]},
    LEAD | {"name": "affect.novelty", "end": "high"},
    LEAD | {"name": "0", "end": "sample"},
]
RESULTS: dict[str, Any] = {
    "optimum": {
        "rows": [DRILL | {"optimum": 12.5, "greedy": 0.875, "lower": 1.0, "upper": 2.0}],
        "policies": [
            {"drill": "a:ordered", "optimum": 9.0, "share": 0.97, "greedy": 0.7}
            | {"round robin": 0.5, "random": 0.4, "exact": True, "share_interval": [0.97, 0.97]},
            {"drill": "a:four", "optimum": 9.0, "share": 0.91, "greedy": 0.7}
            | {"round robin": 0.5, "random": 0.4, "exact": False, "share_interval": [0.9, 0.92]},
        ],
    },
    "matrix": {
        "families": ["calibrated", "bkt"],
        "tutors": {
            name: {"kind": kind, "runs": 1, "least": 0.2, "least_family": "bkt", "ahead": ahead}
            | {"nlg": {"calibrated": INTERVAL, "bkt": INTERVAL | {"mean": 0.2}}}
            for name, kind, ahead in (
                ("attention on bkt", "policy", {"calibrated": INTERVAL, "bkt": INTERVAL}),
                ("mastery", "rule", None),
            )
        },
        "best_rule": {"calibrated": 0.4, "bkt": 0.2},
        "headline": "attention on bkt",
        "trained_on": {"attention on bkt": 98_304},
        "classes": 4,
    },
    "sensitivity": {
        "settings": {"rules": ["greedy on belief"], "classes": 4, "run": "runs/a"},
        "findings": FINDINGS,
    },
    "peers": {
        "learners": 9,
        "benchmarks": {
            "kss-10": {
                "attention": INTERVAL
                | {"kind": "policy", "runs": 5, "learners": 9, "share_of_best": 0.923}
                | {"share_of_best_interval": [0.9, 0.95]}
                | {"best_rule": "fixed path", "ahead": INTERVAL, "decisions": [4096, 4096]},
                "best known": INTERVAL
                | {"kind": "reference", "runs": 1, "learners": 9, "share_of_best": 1.0}
                | {"upper_bound": 0.61, "share_proven": 0.987, "setting": 0.4},
            }
        },
    },
    "evaluation": {
        "tutors": {"attention": TUTOR, "mastery": TUTOR | {"kind": "rule"}},
        "against": {"attention": {"rivals": {"mastery": RIVAL}}},
        "profile_thresholds": [0.0, 0.4],
        "belief_edges": [0.0, 0.5, 1.0],
        "classes": 4,
        "learners": 8,
        "curriculum": "algebra-16",
        "seeds": [0],
        "foretold": {
            "classes": 64,
            "lapses": {"sensors' estimate": TOLD | {"positives": 0.28, "cases": 9}, "flat": None},
            "answers": {"belief": TOLD | {"correct": 0.5, "answers": 9}},
        },
    },
    "realism": {"rows": [ROW | {"pass": False}]},
    "transfer": {"transfer": [SETTING], "classes": 4},
    "losses": {
        "variants": {
            name: VARIANT | {"nlg_missing": {"no gaze": {"nlg": INTERVAL, "lost": INTERVAL}}}
            for name in ("PPO alone", "L_self")
        },
        "next_answer_auc": {"simulated": {"belief": TOLD, "L_self": TOLD}, "real": None},
        "settings": {"preset": "quick", "imitated": 2048, "decisions": 8192, "seeds": [0, 1]}
        | {"classes": 4, "target": "the NLG of PPO alone"},
    },
    "losses-alone": {
        "variants": {
            name: VARIANT | {"nlg_missing": {"no gaze": {"nlg": INTERVAL, "lost": INTERVAL}}}
            for name in ("PPO alone", "L_self")
        },
        "next_answer_auc": {"simulated": {"belief": TOLD, "L_self": TOLD}, "real": None},
        "settings": {"preset": "quick", "imitated": 0, "decisions": 8192, "seeds": [0, 1]}
        | {"classes": 4, "target": "80% of the NLG of mastery"},
    },
    "adaptation": {
        "shifts": {"lapses x 3": ADAPTED | {"gap": INTERVAL, "recovered": 0.515}},
        "no_shift": ADAPTED | {"gap": None, "recovered": None},
        "classes": 4,
        "seeds": [0],
        "decisions_of_other_specialists": 100_000,
        "specialists": {},
    },
    "reasons": {
        "classes": 4,
        "purpose": "evaluation",
        "faithfulness": {
            "states": 48,
            "methods": {
                name: dict.fromkeys(AREAS, INTERVAL | {"mean": mean})
                for name, mean in (("random order", 0.0), ("occlusion", 0.1))
            },
        },
        "guard_rails": {"classes": 4, "nlg_without": INTERVAL, "difference": INTERVAL}
        | {"share_lost": 0.0047, "vetoes_per_course": {"rest": 0.25}},
        "error_causes": {
            "attention": {
                "errors": {"every error": 1234, "not a slip": 0},
                "accuracy": {"every error": {"belief": EFFECT}, "not a slip": {"belief": None}},
            }
        },
    },
    "attention": {
        "variants": {
            "attention": VARIANT,
            "perceptron": VARIANT | {"weights": 10_300},
            "no prerequisite links": VARIANT,
            "no seats": VARIANT,
        },
        "settings": {"preset": "quick", "imitated": 2048, "decisions": 4096, "seeds": [0, 1]}
        | {"classes": 4, "target": "the NLG of mastery", "study": "parts"},
    },
    "attention-alone": {
        "variants": {
            "attention": VARIANT | {"steps_to_target": 3072.0, "steps_of_runs": [2048, 4096]}
        },
        "settings": {"preset": "quick", "imitated": 0, "decisions": 4096, "seeds": [0, 1]}
        | {"classes": 4, "target": "80% of the NLG of mastery", "study": "parts"},
    },
    "probe": {
        "classes": 4,
        "auc": {
            "runs/a": {
                "all": {"lapsed": 0.8125, "sick": None},
                "gaze alone": {"lapsed": 0.7, "sick": None},
            }
        },
    },
    "training": {
        "variants": {"as it is": VARIANT, "2 passes": VARIANT | {"decisions": 6349}},
        "settings": {"preset": "quick", "imitated": 0, "decisions": 4096, "seeds": [0, 1]}
        | {"classes": 4, "target": "80% of the NLG of mastery", "study": "training"},
    },
    "curves": {
        "curves": {OURS: [INTERVAL] * PARTS, STOCK: [INTERVAL] * PARTS},
        "difference": [INTERVAL | {"mean": 0.0}] * PARTS,
        "unseen": {OURS: INTERVAL, STOCK: INTERVAL},
        "unseen_difference": INTERVAL | {"mean": 0.025},
        "settings": {"preset": "quick", "decisions": 8000, "classes": 4, "seeds": [0, 1]},
    },
}
