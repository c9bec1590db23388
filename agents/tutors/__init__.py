"""Tutors: rules, wrapped policies and privileged references, behind one protocol."""

from agents.tutors.protocol import Actions, Kind, Observation, Privileged, Tutor

__all__ = ["Actions", "Kind", "Observation", "Privileged", "Tutor"]
