"""Knowledge tracing: from events to a belief about each learner and concept."""

from envs.tracing.tracer import TRACERS, Tracer, make_tracer

__all__ = ["TRACERS", "Tracer", "make_tracer"]
