"""Where this project keeps, in the user's cache directory, what is costly to find again."""

import os
from pathlib import Path


def user_cache() -> Path:
    """Our folder in $XDG_CACHE_HOME, by default ~/.cache; it may have to be made."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return home / "attention-learning-system"
