"""Whoever starts for the first time is told why nothing happens for minutes; nobody else is."""

from pathlib import Path

import numba
import pytest

from envs.compiled import announce


def test_a_first_start_is_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    announce()
    assert "first start takes some minutes" in caplog.text
    caplog.clear()
    (tmp_path / "cache").mkdir()
    announce()
    assert not caplog.records


def test_plain_python_needs_no_compiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    announce()
    assert not caplog.records
