"""Agreement of modalities: the loss is InfoNCE among classmates, its temperature bounded."""

import math

import pytest
import torch
from torch.nn import functional

from policies.config import PolicyConfig
from policies.modality_agreement import LARGEST_SCALE, ModalityAgreement, agreement
from tests.test_policy import make_policy, tensors
from tests.toy_classroom import random_observation

TINY = PolicyConfig(width=8, layers=1, heads=2, edge_width=4)


def test_agreement_is_the_info_nce_of_van_den_oord() -> None:
    torch.manual_seed(0)
    embedded, scale = torch.randn(2, 3, 4, 5), torch.tensor(3.0)
    present = torch.ones(2, 3, 4)
    present[0, 1, 2] = present[1, 0] = present[1, 2, 1:] = 0  # nobody to confuse the last with
    unit, terms = functional.normalize(embedded, dim=-1), []
    for b in range(2):
        for m, n in ((m, n) for m in range(3) for n in range(3) if m != n):
            for s in range(4):
                if present[b, m, s] * present[b, n, s] and present[b, n].sum() > 1:
                    scores = [
                        3.0 * unit[b, m, s] @ unit[b, n, t] for t in range(4) if present[b, n, t]
                    ]
                    own = 3.0 * unit[b, m, s] @ unit[b, n, s]
                    terms.append(torch.logsumexp(torch.stack(scores), 0) - own)
    torch.testing.assert_close(agreement(embedded, present, scale), torch.stack(terms).mean())


def test_agreement_is_zero_when_perfect_and_chance_when_all_look_alike() -> None:
    one_each = torch.eye(4).expand(1, 3, 4, 4)
    present = torch.ones(1, 3, 4)
    assert float(agreement(one_each, present, torch.tensor(100.0))) == pytest.approx(0, abs=1e-6)
    alike = agreement(torch.ones(1, 3, 4, 4), present, torch.tensor(100.0))
    assert float(alike) == pytest.approx(math.log(4))
    alone = agreement(torch.ones(1, 3, 1, 4), present[..., :1], torch.tensor(1.0))
    assert float(alone) == 0


def test_the_temperature_is_learnt_and_bounded() -> None:
    contrast = ModalityAgreement(TINY)
    assert (1 / contrast.scale).item() == pytest.approx(0.07)
    encoder = make_policy(3, 4, config=TINY).encoder
    contrast(encoder.sensors, tensors(random_observation(3, 4, 8))).backward()
    assert contrast.log_scale.grad is not None
    assert float(contrast.log_scale.grad) != 0
    with torch.no_grad():
        contrast.log_scale.fill_(50.0)
    assert contrast.scale.item() == pytest.approx(LARGEST_SCALE)
