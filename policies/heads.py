"""What the policy decides with: pointers over tokens and edges, so nothing depends on S or C.

Shapes: B classrooms, S learners, C concepts, A activities, K tasks, width d, edge width e.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding

from policies.attention import FORBIDDEN
from policies.config import PolicyConfig
from policies.distribution import row_of
from policies.encoder import Encoded
from policies.products import inner

SMALL_GAIN = 0.01
"""Gain of the last weights of a choice: training starts near uniform (Andrychowicz et al. 2021)."""


class TutorHead(nn.Module):
    """The tutor's own activity, its target, and its concept: each given the choices before it."""

    def __init__(self, config: PolicyConfig, activities: int) -> None:
        super().__init__()
        self.activities = activities
        width = config.width
        last_activity = nn.Linear(width, activities)
        self.activity = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), last_activity)
        self.summary = nn.Linear(width, 2 * width)
        self.activity_embedding = nn.Embedding(activities, 2 * width)
        self.pairs = nn.Linear(config.edge_width, activities)
        self.pair_query = nn.Linear(width, activities * config.edge_width, bias=False)
        self.target_key = nn.Linear(width, width, bias=False)
        self.target_score = nn.Linear(width, 1, bias=False)
        self.target_query = nn.Linear(width, width, bias=False)
        self.concept_key = nn.Linear(width, width, bias=False)
        self.concept_score = nn.Linear(width, 1, bias=False)
        lasts = (last_activity, self.pairs, self.pair_query, self.target_score, self.concept_score)
        for last in lasts:
            nn.init.orthogonal_(last.weight, SMALL_GAIN)

    def activity_logits(self, encoded: Encoded) -> Tensor:
        """Logits (B, A)."""
        learners = weighted_mean(encoded.learners, encoded.class_shares)  # (B, d)
        concepts = weighted_mean(encoded.concepts, encoded.concept_shares)
        logits: Tensor = self.activity(torch.cat((encoded.course, learners, concepts), dim=-1))
        return logits

    def scores(self, encoded: Encoded, activity: Tensor) -> Tensor:
        """Scores (B, 1 + S, C) of the activity (B,) with every candidate on every concept.

        The class scores as its learners do in the mean.
        """
        queries = self.pair_query(encoded.course).unflatten(-1, (self.activities, -1))  # (B, A, e)
        query = row_of(queries, activity) + embedding(activity, self.pairs.weight)  # (B, e)
        each = (encoded.pairs * query[:, None, None]).sum(-1)  # (B, S, C)
        each = each + self.pairs.bias[activity][:, None, None]
        whole = weighted_mean(each, encoded.class_shares)  # (B, C)
        return torch.cat((whole.unsqueeze(1), each), dim=1)

    def target_logits(
        self, encoded: Encoded, scores: Tensor, activity: Tensor, concept_mask: Tensor
    ) -> Tensor:
        """Logits (B, 1 + S) over the class and each learner, given the activity (B,).

        Each candidate has the evidence of its allowed concepts (B, C), as if target and concept
        were one choice among pairs.
        """
        query = self._queries(encoded, activity)[0]
        candidates = torch.cat((encoded.course.unsqueeze(1), encoded.learners), dim=1)
        keys = self.target_key(candidates) + query.unsqueeze(1)  # (B, 1 + S, d)
        own: Tensor = self.target_score(torch.relu(keys))[..., 0]
        return own + torch.logsumexp(scores + FORBIDDEN * (1 - concept_mask).unsqueeze(1), dim=-1)

    def concept_logits(
        self, encoded: Encoded, scores: Tensor, activity: Tensor, target: Tensor
    ) -> Tensor:
        """Logits (B, C), given activity (B,) and target (B,): 0 = class, s + 1 = learner s."""
        learners = torch.arange(1, 1 + encoded.class_shares.shape[1], device=target.device)
        one = (learners == target.unsqueeze(1)).to(encoded.class_shares.dtype)  # (B, S)
        addressed = torch.where((target == 0).unsqueeze(1), encoded.class_shares, one)
        who = self.target_query(addressed.unsqueeze(1) @ encoded.learners)  # (B, 1, d)
        keys = self.concept_key(encoded.concepts) + self._queries(encoded, activity)[1].unsqueeze(1)
        own: Tensor = self.concept_score(torch.relu(keys + who))[..., 0]
        return own + row_of(scores, target)

    def _queries(self, encoded: Encoded, activity: Tensor) -> tuple[Tensor, Tensor]:
        queries = self.summary(encoded.course) + self.activity_embedding(activity)
        target, concept = queries.chunk(2, dim=-1)
        return target, concept  # (B, d) each


class PlanHead(nn.Module):
    """Every learner's next task: a joint distribution over (task, concept), all at once.

    A learner's token asks, its pairs answer: how much what lies ahead counts against what is won
    at once depends on the learner and on the time left, which the token knows.
    """

    def __init__(self, config: PolicyConfig, tasks: int) -> None:
        super().__init__()
        self.tasks = tasks
        self.score = nn.Linear(config.edge_width, tasks)
        self.query = nn.Linear(config.width, tasks * config.edge_width, bias=False)
        for last in (self.score, self.query):
            nn.init.orthogonal_(last.weight, SMALL_GAIN)

    def forward(self, encoded: Encoded) -> Tensor:
        """Logits (B, S, K C), the concept running fastest."""
        queries = self.query(encoded.learners).unflatten(-1, (self.tasks, -1))  # (B, S, K, e)
        queries = queries + self.score.weight  # what is the same for all beside what a learner asks
        logits = inner(queries, encoded.pairs) + self.score.bias.unsqueeze(-1)
        return logits.flatten(2)  # of (B, S, K, C)


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


def weighted_mean(rows: Tensor, weights: Tensor) -> Tensor:
    """Means (B, F) of rows (B, N, F) by weights (B, N) that sum to 1."""
    return (weights.unsqueeze(1) @ rows)[:, 0]
