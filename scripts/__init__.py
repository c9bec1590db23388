"""Programs: `python -m scripts.NAME --help` is the manual of each."""

import os

# OpenMP's threads spin while they wait; on cores that others use too, that made training with two
# threads several times slower than with one. Must be set before torch loads OpenMP.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
