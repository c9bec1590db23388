"""Tutors: rules, wrapped policies and privileged references, behind one protocol."""

from agents.tutors.protocol import Actions, Kind, Observation, Privileged, Tutor
from agents.tutors.registry import make_tutor, names, tuned

__all__ = [
    "Actions",
    "Kind",
    "Observation",
    "Privileged",
    "Tutor",
    "make_tutor",
    "names",
    "tuned",
]
