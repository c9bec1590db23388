"""The tutor's own choice, what it rests on, and what else there was to do: in one pass.

An encoding may hold each of B classrooms N times in a row: first with everything known, then with
something left out (`policies.attribution.encode_left_out`). The choice is made with everything
known; the other rows only say how likely it would have been there.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import torch
from torch import Tensor

from policies.distribution import Picker, already, log_prob_of
from policies.encoder import Encoded, Observation

Three = tuple[Tensor, Tensor, Tensor]
OwnChoice = Callable[[Observation, Encoded, Sequence[Picker]], tuple[Three, Three]]
"""As `AttentionPolicy.choose_own`."""
MASKS: Final = ("activity_mask", "target_mask", "concept_mask")
"""All that the tutor's own choice needs to know beside the encoding."""


class Considered(NamedTuple):
    """The tutor's own part of B decisions."""

    log_probs: Three  # (B, A), (B, S + 1), (B, C) of activity, target and concept in turn
    chosen: Three  # (B,) each
    left_out: Tensor  # (B, N) log-probability of all three together in each row
    options: Tensor  # (B, A, 3) every activity with the target and concept liked best for it


def whole(encoded: Encoded, classrooms: int) -> Encoded:
    """Of every classroom the row with everything known."""
    times = len(encoded.course) // classrooms
    return encoded if times == 1 else Encoded(*(part[::times] for part in encoded))


def consider(
    choose_own: OwnChoice, obs: Observation, encoded: Encoded, choose: Sequence[Picker]
) -> Considered:
    """Choose, say how likely that is in every row, and what would be done by other activities.

    Args:
        choose_own: The policy's.
        obs: (B, ...).
        encoded: Of it, B N rows.
        choose: How activity, target and concept are chosen.
    """
    batch, activities = obs["activity_mask"].shape
    rows, known = len(encoded.course), whole(encoded, batch)
    times = rows // batch
    every = torch.arange(activities, device=encoded.course.device).repeat(batch)
    likeliest = partial(torch.argmax, dim=-1)

    def in_turn(picker: Picker, option: Picker) -> Picker:
        def pick(log_probs: Tensor) -> Tensor:
            chosen = picker(log_probs[:rows:times])  # (B,)
            return torch.cat((chosen.repeat_interleave(times), option(log_probs[rows:])))

        return pick

    masks = {key: torch.cat((each(obs[key], times), each(obs[key], activities))) for key in MASKS}
    options = (each(part, activities) for part in known)
    wide = Encoded(*map(torch.cat, zip(encoded, options, strict=True)))
    others: Sequence[Picker] = (already(every), likeliest, likeliest)
    log_probs, chosen = choose_own(masks, wide, list(map(in_turn, choose[:3], others)))
    taken = [log_prob_of(p[:rows], c[:rows]) for p, c in zip(log_probs, chosen, strict=True)]
    activity, target, concept = log_probs
    return Considered(
        log_probs=(activity[:rows:times], target[:rows:times], concept[:rows:times]),
        chosen=(chosen[0][:rows:times], chosen[1][:rows:times], chosen[2][:rows:times]),
        left_out=(taken[0] + taken[1] + taken[2]).view(batch, times),
        options=torch.stack([part[rows:] for part in chosen], dim=-1).view(batch, activities, 3),
    )


def each(values: Tensor, times: int) -> Tensor:
    """Every classroom `times` in a row; a single one is not copied."""
    wide = values.unsqueeze(1).expand(-1, times, *(-1,) * (values.dim() - 1))
    return wide.flatten(0, 1)
