"""Which tokens a choice rests on: attention and its rollout, gradients, and leaving tokens out.

A token is left out by putting what is known of an average learner (concept, moment) in its place:
the means by which the network standardises its inputs. What is known of a learner-concept pair goes
with either of the two. Masks, seats and prerequisites stay, so that the same choices are allowed.

Shapes: B classrooms, S learners, C concepts, T = 1 + S + C tokens: course, learners, concepts.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor

from envs.spaces import MODALITIES
from policies.consideration import MASKS, each
from policies.distribution import already, log_prob_of
from policies.encoder import Encoded, Encoder, Observation, shares
from policies.policy import AttentionPolicy
from policies.scaling import ScaledLinear

STEPS: Final = 8
"""Points of the path of integrated gradients, the middles of even parts."""
OF_LEARNERS: Final = ("behaviour", *MODALITIES)

Method = Callable[[AttentionPolicy, Observation, Tensor], Tensor]
"""Weights (B, T) of the tokens from policy, observation and action (B, 3 + 2 S); the absent have 0.
A higher weight says that the token speaks more for the tutor's own part of the action."""


def encoder_of(policy: AttentionPolicy) -> Encoder:
    """The policy's encoder.

    Raises:
        ValueError: The network is flat: it has no tokens.
    """
    if not isinstance(policy.encoder, Encoder):
        raise ValueError(
            "mixing is 'flat'; expected attention or mean: a flat network has no tokens"
        )
    return policy.encoder


def averages(policy: AttentionPolicy) -> dict[str, Tensor]:
    """Mean features of the average course, learner, concept and pair: (F,) by key."""
    encoder = encoder_of(policy)
    scaled: dict[str, object] = {
        "course": encoder.course,
        "behaviour": encoder.behaviour,
        "concepts": encoder.concepts,
        **dict(encoder.sensors.encoders.items()),
    }
    means = {key: layer.mean for key, layer in scaled.items() if isinstance(layer, ScaledLinear)}
    space = policy.observation_space
    start = 0
    for key in encoder.edge_keys:
        width = space[key].shape[-1]  # type: ignore[index]  # a Dict, as the policy checked
        means[key] = encoder.edges.mean[start : start + width]
        start += width
    return means


def keep(policy: AttentionPolicy, obs: Observation, kept: Tensor) -> dict[str, Tensor]:
    """The observation with each token kept to a share (B, T) in [0, 1], the rest averages."""
    learners = obs["learner_present"].shape[1]
    course, people, topics = kept[:, :1], kept[:, 1 : 1 + learners], kept[:, 1 + learners :]
    shares_of = {"course": course, "concepts": topics.unsqueeze(-1)}
    shares_of |= dict.fromkeys(OF_LEARNERS, people.unsqueeze(-1))
    pairs = (people.unsqueeze(2) * topics.unsqueeze(1)).unsqueeze(-1)  # (B, S, C, 1)
    shares_of |= dict.fromkeys(encoder_of(policy).edge_keys, pairs)
    means = averages(policy)
    return {
        key: means[key].lerp(value, shares_of[key]) if key in means else value
        for key, value in obs.items()
    }


def log_prob(
    policy: AttentionPolicy, obs: Observation, actions: Tensor, encoded: Encoded | None = None
) -> Tensor:
    """Log-probability (B,) of the tutor's own part of the actions."""
    encoded = policy.encoder(obs)[0] if encoded is None else encoded
    taken = [already(choice) for choice in actions[:, :3].unbind(-1)]
    log_probs, chosen = policy.choose_own(obs, encoded, taken)
    return torch.stack([log_prob_of(*each) for each in zip(log_probs, chosen, strict=True)]).sum(0)


def repeated(obs: Observation, times: int) -> dict[str, Tensor]:
    """Every classroom `times` in a row; a single one is not copied."""
    return {key: each(value, times) for key, value in obs.items()}


def present_tokens(obs: Observation) -> Tensor:
    """1 for the course and whoever and whatever is there, (B, T)."""
    here = torch.cat((obs["learner_present"], obs["concept_present"]), dim=-1)
    return torch.cat((torch.ones_like(here[:, :1]), here), dim=-1)


def raw_attention(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """The course token's row in the last layer, mean of heads."""
    del actions  # attention is the same whatever was chosen
    with torch.no_grad():
        attention = encoder_of(policy)(obs)[1]
    row: Tensor = attention[-1].mean(1)[:, 0]
    return row


def rollout(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """Attention rollout of `rolled_out`."""
    del actions
    with torch.no_grad():
        return rolled_out(encoder_of(policy)(obs)[1], obs)


def rolled_out(attention: Sequence[Tensor], obs: Observation) -> Tensor:
    """Attention rollout (Abnar and Zuidema 2020, eq. 1): half attention, half residual, multiplied.

    It starts from what the activity's head reads: the course, the mean learner, the mean concept.

    Args:
        attention: (B, heads, T, T) of every layer.
        obs: Who and what is present.

    Returns:
        Shares (B, T) that sum to 1 over the present.
    """
    people, topics = shares(obs["learner_present"]), shares(obs["concept_present"])
    read = torch.cat((torch.ones_like(people[:, :1]), people, topics), dim=-1) / 3  # (B, T)
    flow = read.unsqueeze(1)
    for weights in reversed(attention):
        flow = 0.5 * (flow + flow @ weights.mean(1))
    return flow.squeeze(1) * present_tokens(obs)


def gradient(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """Gradient by input less average, summed over a token's features (Shrikumar et al. 2016)."""
    return _slope(policy, obs, actions, torch.ones_like(present_tokens(obs)))


def integrated_gradients(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """Integrated gradients (Sundararajan et al. 2017) from an average class to this one.

    All tokens are kept to the same share, which grows from 0 to 1; the weights sum to the change of
    the log-probability on the way (completeness; but for the step at the very end with which a
    missing modality's own token takes over), and a pair's part is its learner's and its concept's
    in equal halves.
    """
    tokens = present_tokens(obs)
    middles = (torch.arange(STEPS, device=tokens.device) + 0.5) / STEPS
    kept = middles.repeat(len(tokens)).unsqueeze(1).expand(-1, tokens.shape[1])  # (B N, T)
    many = repeated(obs, STEPS), actions.repeat_interleave(STEPS, 0)
    slopes = _slope(policy, *many, kept)
    return slopes.view(len(tokens), STEPS, -1).mean(1)


def _slope(policy: AttentionPolicy, obs: Observation, actions: Tensor, kept: Tensor) -> Tensor:
    """Derivative (B, T) of the log-probability in the share to which each token is kept."""
    shares_kept = kept.detach().clone().requires_grad_()
    with torch.enable_grad():
        total = log_prob(policy, keep(policy, obs, shares_kept), actions).sum()
        (slope,) = torch.autograd.grad(total, shares_kept)
    return slope * present_tokens(obs)


def occlusion(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """What the log-probability loses when a token is left out (Zeiler and Fergus 2014)."""
    scores = left_out(policy, obs, actions)
    return (scores[:, :1] - scores[:, 1:]) * present_tokens(obs)


def left_out(policy: AttentionPolicy, obs: Observation, actions: Tensor) -> Tensor:
    """Log-probabilities (B, 1 + T): with everything known, then with each token left out."""
    encoded = encode_left_out(policy, obs)[0]
    times = len(encoded.course) // len(actions)
    masks = {key: obs[key] for key in MASKS}
    many = repeated(masks, times), actions.repeat_interleave(times, 0)
    with torch.no_grad():
        return log_prob(policy, *many, encoded).view(len(actions), times)


def encode_left_out(policy: AttentionPolicy, obs: Observation) -> tuple[Encoded, list[Tensor]]:
    """Encode every classroom 1 + T times: whole, then without each token; B (1 + T) rows.

    One pass serves the choice and its reasons, which is quicker than two.
    """
    tokens = present_tokens(obs)
    batch, count = tokens.shape
    without = 1 - torch.eye(count, device=tokens.device)
    kept = torch.cat((torch.ones_like(without[:1]), without)).repeat(batch, 1)  # (B (1 + T), T)
    with torch.no_grad():
        encoded: tuple[Encoded, list[Tensor]] = encoder_of(policy)(
            keep(policy, repeated(obs, 1 + count), kept)
        )
    return encoded


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "raw attention": raw_attention,
        "attention rollout": rollout,
        "gradient x input": gradient,
        "integrated gradients": integrated_gradients,
        "occlusion": occlusion,
    }
)
