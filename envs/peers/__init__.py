"""Dynamics of other projects' benchmarks, after their public descriptions."""
