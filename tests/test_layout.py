"""The repository keeps its shape: sizes, names, where packages come from, README's two commands."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("agents", "envs", "policies", "scripts", "unity_bridge")
TOP_LEVEL = {*PACKAGES, "tests", "pyproject.toml", "README.md", "LICENSE"}
MADE_BY_RUNNING = {"runs", "build", "dist"}
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc"}
MOST_LINES_A_FILE = 300
MOST_LINES_A_FUNCTION = 40


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _long_functions(source: Path) -> Iterator[str]:
    """Name the functions that are too long, counting signature and body, not the docstring."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
            signature = node.body[0].lineno - node.lineno
            lines = signature + (node.end_lineno or 0) - first.lineno + 1
            if lines > MOST_LINES_A_FUNCTION:
                yield f"{source.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines"


def test_files_are_short() -> None:
    sizes = {
        source: len(source.read_text(encoding="utf-8").splitlines())
        for source in _sources(*PACKAGES, "tests")
    }
    long = {str(source.relative_to(ROOT)): n for source, n in sizes.items()}
    assert {name: n for name, n in long.items() if n > MOST_LINES_A_FILE} == {}


def test_functions_are_short() -> None:
    assert [long for source in _sources(*PACKAGES) for long in _long_functions(source)] == []


def test_every_file_is_named_after_a_thing() -> None:
    nameless = [
        str(path.relative_to(ROOT))
        for package in (*PACKAGES, "tests")
        for path in (ROOT / package).rglob("*")
        if path.stem in NAMES_OF_NOTHING
    ]
    assert nameless == []


def test_top_level_holds_only_what_the_owner_chose() -> None:
    entries = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    entries -= {name for name in entries if name.endswith(".egg-info")} | MADE_BY_RUNNING
    assert entries == TOP_LEVEL


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_resolve_inside_the_repository(package: str) -> None:
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).resolve() == (ROOT / package / "__init__.py").resolve()


def test_a_foreign_package_of_the_same_name_does_not_win(tmp_path: Path) -> None:
    foreign = tmp_path / "agents"
    foreign.mkdir()
    (foreign / "__init__.py").touch()
    found = subprocess.run(
        [sys.executable, "-c", "import agents; print(agents.__file__)"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).resolve() == (ROOT / "agents" / "__init__.py").resolve()


def test_the_project_lists_its_packages_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert tuple(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert project["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("heading", ["Run it", "Test it"])
def test_readme_has_one_command_line_under_each_heading(heading: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = rf"^## {heading}\n+```sh\npython3\.11 -m venv \.venv && [^\n]+\n```$"
    assert len(re.findall(block, readme, re.MULTILINE)) == 1


def test_readme_has_no_other_sh_block() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^```(sh|bash|shell)\b", readme, re.MULTILINE)) == 2


def test_readme_commands_name_modules_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    modules = set(re.findall(r"-m (scripts\.\w+)", readme))
    missing = [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").exists()]
    assert missing == []
