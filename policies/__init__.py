"""The attention policy: encoder, heads, and its stable-baselines3 form."""
