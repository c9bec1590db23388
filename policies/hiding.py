"""What self-supervised learning hides of an observation, and how.

Hiding is done on the observation, so that nothing that the network computes from it can give the
hidden away: a pair's neighbours along the prerequisites see no more of it than the pair itself.
What the environment had computed before stays: the prospects of other concepts, which were made
with the hidden pair's belief, still tell a little of it.
Shapes: B classrooms, S learners, C concepts, M modalities.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import torch
from torch import Tensor

from envs.spaces import EVIDENCE, MODALITIES
from policies.encoder import Observation

RECENT_HOURS: Final = 10 / 60
"""What counts as the last minutes; an immediate relearning or forgetting shows in them. Chosen."""
_SINCE: Final = EVIDENCE.index("log1p_hours_since_event")


class Hidden(NamedTuple):
    """What is hidden of a batch; only what was there counts as hidden."""

    pairs: Tensor  # (B, S, C) bool
    modalities: Tensor  # (B, S, M) bool


def draw(obs: Observation, share: float, generator: torch.Generator) -> Hidden:
    """Draw what to hide, each classroom in one of four ways.

    Single learner-concept pairs; whole learners; whole concepts; or the pairs with an event in the
    last minutes. Of the modalities, single ones of single learners.

    Args:
        obs: The observation.
        share: Expected share of pairs, learners, concepts and modalities, in (0, 1); of the last
            minutes all pairs are hidden.
        generator: On the observation's device.
    """
    there = obs["learner_present"].unsqueeze(-1) * obs["concept_present"].unsqueeze(1)  # (B, S, C)
    batch, learners, concepts = there.shape

    def chance(*shape: int) -> Tensor:
        return torch.rand(batch, *shape, generator=generator, device=there.device) < share

    since = obs["evidence"][..., _SINCE].expm1()  # hours; below 0 before any event
    ways = torch.stack(
        [
            chance(learners, concepts),
            chance(learners, 1).expand_as(there),
            chance(1, concepts).expand_as(there),
            (since >= 0) & (since < RECENT_HOURS),
        ],
        dim=1,
    )  # (B, 4, S, C)
    way = torch.randint(ways.shape[1], (batch,), generator=generator, device=there.device)
    pairs = ways[torch.arange(batch, device=there.device), way] & (there > 0)
    present = torch.stack([obs[name][..., -1] for name in MODALITIES], dim=-1)  # (B, S, M)
    return Hidden(pairs, chance(learners, len(MODALITIES)) & (present > 0))


def hide(obs: Observation, hidden: Hidden, instead: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The observation without what is hidden.

    Args:
        obs: The observation.
        hidden: Of it.
        instead: What stands in a hidden pair's place, (E,) for every key (S, C, E).
    """
    covered = hidden.pairs.unsqueeze(-1)
    pairs = {key: torch.where(covered, value, obs[key]) for key, value in instead.items()}
    kept = (~hidden.modalities).to(torch.float32)
    sensors = {name: obs[name] * kept[..., m, None] for m, name in enumerate(MODALITIES)}
    return {**obs, **pairs, **sensors}


def drop_modalities(
    obs: Mapping[str, Tensor], share: float, generator: torch.Generator
) -> dict[str, Tensor]:
    """What a tutor would see if sensors failed more often; failing, they read as missing.

    How many fail is drawn for every classroom and moment: from none of them to all.

    Args:
        obs: The observation.
        share: Share of moments in which sensors fail, in [0, 1].
        generator: On the observation's device.
    """
    batch, learners = obs["learner_present"].shape
    device = obs["learner_present"].device
    fails = torch.rand(batch, 1, 1, generator=generator, device=device)
    happens = torch.rand(batch, 1, 1, generator=generator, device=device) < share
    each = torch.rand(batch, learners, len(MODALITIES), generator=generator, device=device)
    none = torch.zeros(batch, learners, 1, dtype=torch.bool, device=device)
    return hide(obs, Hidden(none, happens & (each < fails)), {})
