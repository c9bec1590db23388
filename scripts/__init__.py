"""Programs: `python -m scripts.NAME --help` is the manual of each."""
