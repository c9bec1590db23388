"""A path where nothing can be written is refused before hours of work, not after them."""

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import tyro

import scripts
from scripts.output_path import OutputFile, OutputFolder
from scripts.transfer import Arguments


def commands() -> list[type[Any]]:
    """Every dataclass of arguments in scripts."""
    names = {module.name for module in pkgutil.iter_modules(scripts.__path__)} - {"sweep_trial"}
    modules = [importlib.import_module(f"scripts.{name}") for name in names]  # that one needs Ray
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return [kind for kind in kinds if is_dataclass(kind) and kind.__module__.startswith("scripts.")]


def test_every_command_checks_where_its_json_goes() -> None:
    found = [each for kind in commands() for each in fields(kind) if each.name == "json"]
    assert len(found) > 20
    assert all(each.type in (OutputFile, "OutputFile") for each in found)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        tyro.cli(Arguments, args=[f"--json={tmp_path}"])
    assert "a folder; expected a file" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("kind", [OutputFile, OutputFolder])
def test_a_file_in_the_way_is_refused(kind: Any, tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    with pytest.raises(SystemExit):
        tyro.cli(kind, args=[str(tmp_path / "notes" / "deep" / "there")])
    with pytest.raises(SystemExit):
        tyro.cli(OutputFolder, args=[str(tmp_path / "notes")])


@pytest.mark.parametrize("kind", [OutputFile, OutputFolder])
def test_what_can_be_made_is_accepted(kind: Any, tmp_path: Path) -> None:
    new = tmp_path / "deep" / "there"
    assert tyro.cli(kind, args=[str(new)]) == new
    assert not new.parent.exists()
