"""What the sensors tell the policy, as a section of the report."""

from collections.abc import Mapping
from typing import Any

from agents.report.numbers import or_dash
from agents.report.page import Block, Section, Table


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.probe --json` wrote."""
    text = (
        "Area under the ROC curve of linear probes of the embedding in which the policy fuses the "
        "modalities, for hidden states, moment by moment: with all modalities, each alone, and "
        f"each missing. The best rule taught {results['classes']} unseen classes; the probes were "
        "fitted on half of them and judged on the others. -: the state did not occur in both."
    )
    blocks: list[Block] = [text]
    for run, found in results["auc"].items():
        states = next(iter(found.values()))
        rows = [
            [condition, *(or_dash(auc, ".3f") for auc in each.values())]
            for condition, each in found.items()
        ]
        blocks += [f"`{run}`:", Table(head=["modalities", *states], rows=rows)]
    return Section(title="What do the sensors tell it?", blocks=blocks)
