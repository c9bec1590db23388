"""The exact optimum of small drills, bounds for larger ones, and how near to it a tutor comes."""

from agents.optimum.bounds import Bounds, bounds, check_depth
from agents.optimum.programme import RULES, Optimum, solvable, solve
from agents.optimum.share import Chooser, Gain, Share, gain_of, share_of_optimum

__all__ = [
    "RULES",
    "Bounds",
    "Chooser",
    "Gain",
    "Optimum",
    "Share",
    "bounds",
    "check_depth",
    "gain_of",
    "share_of_optimum",
    "solvable",
    "solve",
]
