"""Improving a deployed policy on the classes that it teaches, with a way back."""
