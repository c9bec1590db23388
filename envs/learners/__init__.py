"""Learner families: one file each, behind the one interface of `envs.learners.learner`."""
