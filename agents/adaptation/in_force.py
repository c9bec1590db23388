"""Who teaches: a deployed policy, with what the ledger of a folder has in force."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.adaptation import shelf
from agents.adaptation.ledger import Ledger
from policies.policy import AttentionPolicy


def in_force(folder: Path, deployed: AttentionPolicy) -> AttentionPolicy:
    """The policy that should teach: with the adapters in force, or the deployed one itself.

    Raises:
        ValueError: The adapters are missing, or belong to another policy.
    """
    name = Ledger(folder).now
    return deployed if name is None else shelf.take(folder, name, deployed)


@dataclass(frozen=True, kw_only=True)
class Teaching:
    """A policy that teaches, and which one it is."""

    policy: AttentionPolicy
    deployed: str
    """Digest of the policy without adapters."""
    adapters: str | None
    """Name of the adapters; None: the deployed policy teaches as it is."""
    folder: Path | None
    """Of the ledger, if one was asked."""

    @property
    def identity(self) -> dict[str, Any]:
        """For a session's record: from it, what was taught can be told from what others taught."""
        adapters = None
        if self.adapters is not None:
            adapters = {"name": self.adapters, "digest": shelf.digest(self.policy)}
        return {"policy": self.deployed, "adapters": adapters}

    def __str__(self) -> str:
        """For people, after the name of the run."""
        if self.adapters is None:
            return f"as deployed; {self.folder} has no adapters in force"
        return f"with adapters {self.adapters} of {self.folder}"


def teaching(deployed: AttentionPolicy, folder: Path | None) -> Teaching:
    """Find who should teach now; a later promotion or undoing counts from the next call.

    Args:
        deployed: Stays as it is.
        folder: That adaptation keeps its ledger in; None: the deployed policy teaches.

    Raises:
        ValueError: The folder holds no ledger; or as `in_force`.
    """
    digest = shelf.digest(deployed)
    if folder is None:
        return Teaching(policy=deployed, deployed=digest, adapters=None, folder=None)
    ledger = Ledger(folder)
    if not ledger.path.exists():
        where = ledger.path.relative_to(folder)
        raise ValueError(f"adapters is {folder}; expected a folder that holds {where}")
    policy = in_force(folder, deployed)
    return Teaching(policy=policy, deployed=digest, adapters=ledger.now, folder=folder)
