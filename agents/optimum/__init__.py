"""The exact optimum of small drills, and bounds for larger ones."""

from agents.optimum.bounds import Bounds, bounds
from agents.optimum.programme import RULES, Optimum, solvable, solve

__all__ = ["RULES", "Bounds", "Optimum", "bounds", "solvable", "solve"]
