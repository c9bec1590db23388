"""Learner families: one file each, behind one interface."""
