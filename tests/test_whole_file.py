"""What is written is there as a whole or not at all, and can be read by whoever should."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from envs.whole_file import write_text, write_whole


def test_a_write_that_fails_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.json"
    write_text(path, "old")

    def fail(aside: Path) -> None:
        aside.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, fail)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_weights_can_be_read_by_whoever_reads_other_files(tmp_path: Path) -> None:
    """Safetensors writes for the owner alone; a run in a shared folder would be of no use."""
    path, plain = tmp_path / "model.safetensors", tmp_path / "plain"
    write_whole(path, lambda aside: save_file({"w": torch.ones(2)}, aside))
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    assert torch.equal(load_file(path)["w"], torch.ones(2))
