"""From an observation to tokens: one a learner, one a concept, one for the course.

Shapes: B classrooms, S learners, C concepts, T = 1 + S + C tokens, width d, edge width e.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.nn import functional

from envs.spaces import MODALITIES
from policies.attention import FORBIDDEN, Block
from policies.blocks import assembled
from policies.captured import captured
from policies.config import PolicyConfig
from policies.deep_sets import PooledBlock
from policies.products import inner
from policies.scaling import ScaledLinear

Observation = Mapping[str, Tensor]
BLOCKS: Final = {"attention": Block, "mean": PooledBlock}


class Encoded(NamedTuple):
    """What the heads work on."""

    course: Tensor  # (B, d)
    learners: Tensor  # (B, S, d)
    concepts: Tensor  # (B, C, d)
    pairs: Tensor  # (B, S, C, e) the edges, with what both tokens know by now
    class_shares: Tensor  # (B, S) 1 / learners present, 0 for the absent
    concept_shares: Tensor  # (B, C) 1 / concepts present, 0 for the absent


def edge_keys(space: spaces.Dict) -> tuple[str, ...]:
    """Names of the observations that describe learner-concept pairs: those shaped (S, C, *)."""
    return tuple(key for key, box in space.spaces.items() if len(box.shape or ()) == 3)


def size(space: spaces.Dict, key: str, axis: int) -> int:
    """Length of one axis of a key of the contract."""
    return cast("tuple[int, ...]", space[key].shape)[axis]


def shares(present: Tensor) -> Tensor:
    """Weights (B, N) of a mean over those present (B, N); all 0 where nobody is."""
    return present / present.sum(-1, keepdim=True).clamp(min=1)


def shared(graph: Tensor) -> Tensor:
    """The one graph (1, C, C) where a CPU batch (B, C, C) has the same everywhere, else all.

    Classrooms mostly learn one curriculum; on a GPU the comparison would wait for the device. A
    graph of the network must hold for every batch, so there nothing is compared.
    """
    if captured():
        return graph
    return graph[:1] if graph.is_cpu and bool((graph == graph[:1]).all()) else graph


class Encoder(nn.Module):
    """Tokens, edges and biases, then the attention layers."""

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        width, edge_width = config.width, config.edge_width
        widths = {key: box.shape[-1] for key, box in space.spaces.items() if box.shape}
        self.ignored = config.ignores
        self.edge_keys = edge_keys(space)
        self.course = ScaledLinear(widths["course"], width)
        self.behaviour = ScaledLinear(widths["behaviour"], width)
        self.sensors = ModalityFusion({name: widths[name] for name in MODALITIES}, edge_width)
        self.concepts = ScaledLinear(widths["concepts"], width)
        self.edges = ScaledLinear(3 * sum(widths[key] for key in self.edge_keys), edge_width)
        self.learner_summary = nn.Linear(2 * edge_width, width, bias=False)
        self.concept_summary = nn.Linear(edge_width, width, bias=False)
        self.bias = AttentionBias(config)
        block = BLOCKS[config.mixing]
        self.blocks = nn.ModuleList(block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.pairs = PairFeatures(config)

    def forward(
        self, obs: Observation, features: Tensor | None = None
    ) -> tuple[Encoded, list[Tensor]]:
        """Encode a batch; also returns each layer's attention weights (B, H, T, T).

        Args:
            obs: The observation.
            features: Its `edge_features`, where they are known already: no weight takes part in
                them, so that the passes over a rollout need not repeat them.
        """
        obs = self.visible(obs)
        learners = obs["learner_present"].shape[1]
        class_shares, concept_shares = (
            shares(obs["learner_present"]),
            shares(obs["concept_present"]),
        )
        pairs = obs["learner_present"][:, :, None, None] * obs["concept_present"][:, None, :, None]
        features = self.edge_features(obs) if features is None else features
        edges = self.edges(features).relu_() * pairs  # (B, S, C, e) absent pairs 0
        tokens = self._tokens(obs, edges, class_shares, concept_shares)  # (B, T, d)
        attention = []
        for block, bias in zip(self.blocks, self.bias(obs, edges), strict=True):
            tokens, weights = block(tokens, bias, edges)
            attention.append(weights)
        tokens = self.norm(tokens)
        course, people, topics = (
            tokens[:, 0],
            tokens[:, 1 : 1 + learners],
            tokens[:, 1 + learners :],
        )
        pairs = self.pairs(edges, people, topics)
        encoded = Encoded(course, people, topics, pairs, class_shares, concept_shares)
        return encoded, attention

    def modality_shares(self, obs: Observation) -> Tensor:
        """Shares (B, S, M) of a learner's modalities in their fusion; the missing have theirs."""
        return self.sensors.shares(self.visible(obs))

    def visible(self, obs: Observation) -> Observation:
        """The same with zeros in place of what the configuration ignores; a modality is missing."""
        return {**obs, **{key: torch.zeros_like(obs[key]) for key in self.ignored}}

    def edge_features(self, obs: Observation) -> Tensor:
        """What is known of each pair, of its concept's prerequisites and of what those lead to.

        Readiness depends on one learner's mastery of one concept's parents, which no learner or
        concept token holds; so each pair carries the mean over the concept's parents and the mean
        over its children beside its own features. (B, S, C, 3 E).
        """
        obs = self.visible(obs)
        own = self.known(obs)
        batch, learners, concepts, width = own.shape
        graph = shared(obs["prerequisites"])  # (B, C, C)
        parents = graph / graph.sum(1, keepdim=True).clamp(min=1)  # columns sum to 1 or 0
        children = graph / graph.sum(2, keepdim=True).clamp(min=1)  # rows sum to 1 or 0
        flows = torch.cat((parents.transpose(1, 2), children), dim=1)  # (B, 2 C, C)
        beside = flows @ own.transpose(1, 2).reshape(batch, concepts, learners * width)
        up, down = beside.view(batch, 2, concepts, learners, width).transpose(2, 3).unbind(1)
        return torch.cat((own, up, down), dim=-1)

    def known(self, obs: Observation) -> Tensor:
        """What is known of each pair itself, (B, S, C, E)."""
        return torch.cat([obs[key] for key in self.edge_keys], dim=-1)

    def _tokens(
        self, obs: Observation, edges: Tensor, learners: Tensor, concepts: Tensor
    ) -> Tensor:
        over_concepts = edges.sum(2) * concepts.amax(1)[:, None, None]  # (B, S, e) means
        over_learners = edges.sum(1) * learners.amax(1)[:, None, None]  # (B, C, e)
        summary = torch.cat((self.sensors(obs), over_concepts), dim=-1)  # (B, S, 2 e)
        return torch.cat(
            (
                self.course(obs["course"]).unsqueeze(1),
                self.behaviour(obs["behaviour"]) + self.learner_summary(summary),
                self.concepts(obs["concepts"]) + self.concept_summary(over_learners),
            ),
            dim=1,
        )

    @torch.no_grad()
    def observe(self, obs: Observation, features: Tensor | None = None) -> None:
        """Add a batch to the running statistics by which inputs are standardised."""
        obs = self.visible(obs)
        features = self.edge_features(obs) if features is None else features
        learners, concepts = obs["learner_present"], obs["concept_present"]
        self.course.observe(obs["course"], torch.ones_like(obs["course"][..., 0]))
        self.behaviour.observe(obs["behaviour"], learners)
        self.concepts.observe(obs["concepts"], concepts)
        self.edges.observe(features, learners[:, :, None] * concepts[:, None])
        self.sensors.observe(obs)


class PairFeatures(nn.Module):
    """Features of every learner-concept pair, from its edge and both its tokens.

    The pointers of both heads read them: what a learner should study next and what to explain to it
    are nearly the same question, and the plan, with credit per learner, learns its answer first.
    """

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width, edge_width = config.width, config.edge_width
        self.learner = nn.Linear(width, edge_width)
        self.concept = nn.Linear(width, edge_width, bias=False)
        self.edge = nn.Linear(edge_width, edge_width, bias=False)

    def forward(self, edges: Tensor, learners: Tensor, concepts: Tensor) -> Tensor:
        """Combine edges (B, S, C, e), learners (B, S, d) and concepts (B, C, d): (B, S, C, e)."""
        pairs: Tensor = self.edge(edges)  # filled in place: it is the largest
        pairs.add_(self.learner(learners).unsqueeze(2))
        pairs.add_(self.concept(concepts).unsqueeze(1))
        return pairs.relu_()


class ModalityFusion(nn.Module):
    """One encoder a modality, a learned vector for a missing one, fused by attention over them."""

    def __init__(self, widths: Mapping[str, int], width: int) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict({name: ScaledLinear(n, width) for name, n in widths.items()})
        self.missing = nn.Parameter(0.1 * torch.randn(len(widths), width))  # (M, e)
        self.key = nn.Linear(width, width, bias=False)
        self.query = nn.Parameter(torch.zeros(1, width))

    def forward(self, obs: Observation) -> Tensor:
        """Fuse sensors of every learner, (B, S, e)."""
        seen = self._seen(obs)
        return (self._shares(seen).unsqueeze(-1) * seen).sum(2)

    def shares(self, obs: Observation) -> Tensor:
        """Attention of the fusion over the modalities of every learner, (B, S, M)."""
        return self._shares(self._seen(obs))

    def _shares(self, seen: Tensor) -> Tensor:
        """One query for all learners; it is the same to project it in place of every key."""
        width = seen.shape[-1]
        return torch.softmax(seen @ (self.query[0] @ self.key.weight) * width**-0.5, dim=-1)

    def _seen(self, obs: Observation) -> Tensor:
        return torch.where(self.present(obs) > 0, self.embed(obs), self.missing)  # (B, S, M, e)

    def embed(self, obs: Observation) -> Tensor:
        """Each modality by itself, (B, S, M, e); meaningless where it is missing."""
        encoded = [torch.relu(encode(obs[name])) for name, encode in self.encoders.items()]
        return torch.stack(encoded, dim=2)

    def present(self, obs: Observation) -> Tensor:
        """Which modalities there are, (B, S, M, 1)."""
        return torch.stack([obs[name][..., -1:] for name in self.encoders], dim=2)

    def standardised(self, name: str, obs: Observation) -> Tensor:
        """One modality's features (B, S, F) as its encoder sees them."""
        encode = cast("ScaledLinear", self.encoders[name])
        return (obs[name] - encode.mean) / encode.spread

    def observe(self, obs: Observation) -> None:
        """Add the readings of present modalities to the running statistics."""
        for name, encode in self.encoders.items():
            if isinstance(encode, ScaledLinear):
                encode.observe(obs[name], obs[name][..., -1] * obs["learner_present"])


class AttentionBias(nn.Module):
    """Additive attention biases per layer and head: edges, prerequisites, seats, and the mask."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.layers, self.reach = config.layers, config.reach
        kinds = config.layers * config.heads
        self.edges = nn.Linear(config.edge_width, 2 * kinds, bias=False)
        self.relations = nn.Parameter(torch.zeros(kinds, 2 * config.reach))
        self.seats = nn.Parameter(torch.zeros(kinds))

    def forward(self, obs: Observation, edges: Tensor) -> tuple[Tensor, ...]:
        """Biases (B, H, T, T), one a layer."""
        batch, learners, concepts, _ = edges.shape
        weights = self.edges.weight.expand(batch, -1, -1)
        of_pairs = inner(weights, edges.flatten(1, 2))  # (B, 2 LH, S C)
        from_learner, from_concept = of_pairs.view(batch, -1, learners, concepts).chunk(2, dim=1)
        related = self._related(shared(obs["prerequisites"]))  # (B or 1, LH, C, C)
        beside = self.seats[:, None, None] * obs["seats"].unsqueeze(1)  # (B, LH, S, S)
        present = torch.cat((obs["learner_present"], obs["concept_present"]), dim=-1)
        mask = functional.pad(FORBIDDEN * (1 - present), (1, 0))  # (B, T)
        bias = assembled(mask, beside, from_learner, from_concept.transpose(-1, -2), related)
        return bias.chunk(self.layers, dim=1)

    def _related(self, graph: Tensor) -> Tensor:
        """Bias between concepts by their distance along prerequisites, up and down."""
        step = (graph > 0).to(graph.dtype)  # (B, C, C)
        walks, known, planes = step, torch.zeros_like(step), []
        for _ in range(self.reach):
            nearest = (walks > 0).to(step.dtype) * (1 - known)  # first reached at this distance
            planes += [nearest, nearest.transpose(1, 2)]
            known = known + nearest
            walks = nearest @ step
        distances = torch.stack(planes, dim=1)  # (B, 2 reach, C, C)
        related = self.relations @ distances.flatten(2)
        return related.view(graph.shape[0], -1, *graph.shape[1:])
