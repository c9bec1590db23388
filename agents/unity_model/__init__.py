"""A trained policy as a model that Unity's Inference Engine runs, and proof that it is the same."""
