"""What the policy decides with: pointers over tokens and edges, so nothing depends on S or C.

Shapes: B classrooms, S learners, C concepts, A activities, K tasks, width d, edge width e.
"""

import torch
from torch import Tensor, nn

from envs.activities import ACTIVITIES, TASKS
from policies.config import PolicyConfig
from policies.encoder import Encoded

SMALL_GAIN = 0.01
"""Gain of the last weights of a choice: training starts near uniform (Andrychowicz et al. 2021)."""


class TutorHead(nn.Module):
    """The tutor's own activity, its target, and its concept: each given the choices before it."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width = config.width
        last_activity = nn.Linear(width, ACTIVITIES)
        self.activity = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), last_activity)
        self.summary = nn.Linear(width, 2 * width)
        self.activity_embedding = nn.Embedding(ACTIVITIES, 2 * width)
        self.target_key = nn.Linear(width, width, bias=False)
        self.target_score = nn.Linear(width, 1, bias=False)
        self.target_query = nn.Linear(width, width, bias=False)
        self.concept_key = nn.Linear(width, width, bias=False)
        self.concept_edge = nn.Linear(config.edge_width, width, bias=False)
        self.concept_score = nn.Linear(width, 1, bias=False)
        for last in (last_activity, self.target_score, self.concept_score):
            nn.init.orthogonal_(last.weight, SMALL_GAIN)

    def activity_logits(self, encoded: Encoded) -> Tensor:
        """Logits (B, A)."""
        learners = torch.einsum("bsd,bs->bd", encoded.learners, encoded.class_shares)
        concepts = torch.einsum("bcd,bc->bd", encoded.concepts, encoded.concept_shares)
        logits: Tensor = self.activity(torch.cat((encoded.course, learners, concepts), dim=-1))
        return logits

    def target_logits(self, encoded: Encoded, activity: Tensor) -> Tensor:
        """Logits (B, 1 + S) over the class and each learner, given the activity (B,)."""
        query = self._queries(encoded, activity)[0]
        candidates = torch.cat((encoded.course.unsqueeze(1), encoded.learners), dim=1)
        keys = self.target_key(candidates) + query.unsqueeze(1)  # (B, 1 + S, d)
        logits: Tensor = self.target_score(torch.relu(keys)).squeeze(-1)
        return logits

    def concept_logits(self, encoded: Encoded, activity: Tensor, target: Tensor) -> Tensor:
        """Logits (B, C), given activity (B,) and target (B,): 0 = class, s + 1 = learner s."""
        batch, _, concepts, edge_width = encoded.edges.shape
        one = torch.zeros_like(encoded.class_shares).scatter_(
            1, (target - 1).clamp(min=0).unsqueeze(1), 1.0
        )
        addressed = torch.where((target == 0).unsqueeze(1), encoded.class_shares, one)
        addressed = addressed.unsqueeze(1)  # (B, 1, S) the learner, or the mean of the class
        edges = (addressed @ encoded.edges.flatten(2)).view(batch, concepts, edge_width)
        who = self.target_query(addressed @ encoded.learners)  # (B, 1, d)
        query = self._queries(encoded, activity)[1].unsqueeze(1) + who
        keys = self.concept_key(encoded.concepts) + self.concept_edge(edges) + query
        logits: Tensor = self.concept_score(torch.relu(keys)).squeeze(-1)
        return logits

    def _queries(self, encoded: Encoded, activity: Tensor) -> tuple[Tensor, Tensor]:
        queries = self.summary(encoded.course) + self.activity_embedding(activity)
        target, concept = queries.chunk(2, dim=-1)
        return target, concept  # (B, d) each


class PlanHead(nn.Module):
    """Every learner's next task: a joint distribution over (task, concept), all at once."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width, edge_width = config.width, config.edge_width
        self.learner = nn.Linear(width, edge_width)
        self.concept = nn.Linear(width, edge_width, bias=False)
        self.edge = nn.Linear(edge_width, edge_width, bias=False)
        self.score = nn.Linear(edge_width, TASKS)
        nn.init.orthogonal_(self.score.weight, SMALL_GAIN)

    def forward(self, encoded: Encoded) -> Tensor:
        """Logits (B, S, K C), the concept running fastest."""
        pairs: Tensor = self.edge(encoded.edges)  # (B, S, C, e), filled in place: it is the largest
        pairs.add_(self.learner(encoded.learners).unsqueeze(2))
        pairs.add_(self.concept(encoded.concepts).unsqueeze(1))
        logits: Tensor = self.score(pairs.relu_())  # (B, S, C, K)
        return logits.transpose(2, 3).flatten(2)


class ValueHead(nn.Module):
    """Each learner's own expected reward to come."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.learner = nn.Linear(config.width, config.width)
        self.course = nn.Linear(config.width, config.width, bias=False)
        self.out = nn.Linear(config.width, 1)
        nn.init.orthogonal_(self.out.weight, 0.1)

    def forward(self, encoded: Encoded) -> Tensor:
        """Values (B, S)."""
        hidden = self.learner(encoded.learners) + self.course(encoded.course).unsqueeze(1)
        values: Tensor = self.out(torch.nn.functional.gelu(hidden)).squeeze(-1)
        return values
