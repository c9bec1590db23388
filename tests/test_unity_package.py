"""The Unity package compiles, is complete, and is what the contract says now."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from envs.curriculum import builtin
from tests.unity_engine import compiled_stubs
from tests.wire_program import needs_mcs
from unity_bridge import codegen, faults
from unity_bridge.asset_ids import assets
from unity_bridge.codegen import LAYOUT, PACKAGE
from unity_bridge.compilation import (
    ASSEMBLIES,
    CONTRACT,
    FLAGS,
    RUNTIME,
    Assembly,
    CompilationError,
    compile_for_player,
    compile_package,
    compile_sources,
)

DEFINE = next(flag for flag in FLAGS if flag.startswith("-define:"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return compiled_stubs(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def package(engine: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return compile_package(tmp_path_factory.mktemp("package"), engine)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "unity"))


def test_generated_files_are_up_to_date() -> None:
    assert codegen.stale() == [], "run `python -m scripts.unity codegen`"


def test_a_changed_contract_makes_the_layout_stale(copy: Path) -> None:
    layout = copy / LAYOUT
    layout.write_text(layout.read_text(encoding="utf-8").replace('"gaze"', '"eyes"'), "utf-8")
    assert codegen.stale(copy) == [layout]
    assert codegen.write(copy) == [layout]
    assert codegen.stale(copy) == []


def test_a_file_without_identity_and_an_identity_without_file_are_found(copy: Path) -> None:
    (copy / "Runtime" / "Extra.cs").touch()
    (copy / "Editor" / "Gone.cs.meta").touch()
    wrong = [copy / "Editor" / "Gone.cs.meta", copy / "Runtime" / "Extra.cs.meta"]
    assert codegen.stale(copy) == wrong
    codegen.write(copy)
    assert codegen.stale(copy) == []


def test_no_two_assets_share_an_identity() -> None:
    metas = [asset.with_name(f"{asset.name}.meta").read_text("utf-8") for asset in assets(PACKAGE)]
    identities = [re.findall(r"^guid: ([0-9a-f]{32})$", meta, re.MULTILINE) for meta in metas]
    assert len({identity for (identity,) in identities}) == len(metas) > 60


@needs_mcs
def test_the_package_compiles_without_a_warning(package: list[Path]) -> None:
    assert [path.stem for path in package] == [assembly.name for assembly in ASSEMBLIES]


@needs_mcs
def test_what_mcs_cannot_match_in_ml_agents_compiles_with_the_stubs(
    engine: list[Path], tmp_path: Path
) -> None:
    flags = [flag for flag in FLAGS if flag != DEFINE]
    assert compile_package(tmp_path, engine, (CONTRACT, RUNTIME), flags)


@needs_mcs
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("public sealed class Thing { }", "CS1591"),
        ("internal sealed class Thing { int unused; }", "CS0169"),
        ("internal sealed class Thing { UnityEngine.Vector3 point; }", "CS0246"),
    ],
    ids=["undocumented", "warning", "engine in the pure part"],
)
def test_what_is_not_clean_does_not_compile(tmp_path: Path, wrong: str, reason: str) -> None:
    source = tmp_path / "Thing.cs"
    source.write_text(wrong, encoding="utf-8")
    with pytest.raises(CompilationError, match=reason):
        compile_sources([source], tmp_path / "thing.dll")


@needs_mcs
def test_it_compiles_against_a_players_folder(engine: list[Path], tmp_path: Path) -> None:
    managed = tmp_path / "Game_Data" / "Managed"
    managed.mkdir(parents=True)
    for assembly in engine:
        shutil.copy(assembly, managed)
    out = tmp_path / "out"
    out.mkdir()
    assert [path.stem for path in compile_for_player(out, managed)] == [
        "AttentionLearning.Contract",
        "AttentionLearning",
    ]


def test_a_folder_that_is_no_players_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"managed is .*expected a folder that holds Unity.ML-"):
        compile_for_player(tmp_path, tmp_path)


def test_assembly_definitions_say_what_the_compilation_does() -> None:
    for assembly in ASSEMBLIES:
        definition = _definition(assembly)
        assert definition["name"] == assembly.name
        assert definition["noEngineReferences"] == (assembly is CONTRACT)


def _definition(assembly: Assembly) -> dict[str, Any]:
    text = (PACKAGE / assembly.folder / f"{assembly.name}.asmdef").read_text("utf-8")
    definition: dict[str, Any] = json.loads(text)
    return definition


def _seen_by_unity(definition: dict[str, Any], engine: list[Path], made: list[Path]) -> list[Path]:
    """Of all assemblies those that Unity lets one use: of the engine all, of packages the named."""
    named = {*definition["references"]}
    named |= {Path(name).stem for name in definition["precompiledReferences"]}
    if not definition["noEngineReferences"]:
        named.add("UnityEngine")
    if definition["includePlatforms"] == ["Editor"]:
        named.add("UnityEditor")
    return [path for path in (*engine, *made) if path.stem in named]


@needs_mcs
@pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda own: own.name)
def test_an_assembly_needs_what_its_definition_references_and_no_more(
    assembly: Assembly, engine: list[Path], package: list[Path], tmp_path: Path
) -> None:
    """Unity compiles with these alone: one that is missing fails there, whatever mcs is given."""
    definition = _definition(assembly)
    output = tmp_path / f"{assembly.name}.dll"
    seen = _seen_by_unity(definition, engine, package)
    assert compile_sources(assembly.sources(), output, seen)
    for reference in seen:
        if reference.stem not in ("UnityEngine", "UnityEditor"):  # Unity gives these to all
            fewer = [path for path in seen if path != reference]
            with pytest.raises(CompilationError, match="CS0"):
                compile_sources(assembly.sources(), output, fewer)


def test_manifest_and_code_name_the_same_version() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    link = (PACKAGE / "Runtime" / "ClassroomLink.cs").read_text("utf-8")
    assert f'PackageVersion = "{manifest["version"]}"' in link
    for sample in manifest["samples"]:
        assert (PACKAGE / sample["path"]).is_dir()


def test_one_behaviour_of_unity_to_a_file_named_after_it() -> None:
    kinds = "MonoBehaviour|LearnerSignals|SensorComponent|Agent|EditorWindow"
    for source in PACKAGE.rglob("*.cs"):
        found = re.findall(rf"class (\w+) : (?:{kinds})\b", source.read_text("utf-8"))
        assert found in ([], [source.stem])


def test_what_the_editor_fits_out_survives_the_play_button() -> None:
    """Pressing Play reloads the scene: a field that Unity does not serialise would be lost."""
    fitted_out = 0
    for source in (PACKAGE / "Runtime").glob("*.cs"):
        text = source.read_text("utf-8")
        furnish = re.search(r"void Furnish\(.*?\n        }\n", text, re.DOTALL)
        for field in re.findall(r"this\.(\w+) = ", furnish[0] if furnish else ""):
            kept = rf"\[SerializeField\](?:\s*\[[^\n]*\])?\s*private [^\n;=]* {field}\b"
            assert re.search(kept, text), f"{source.name}: {field}"
            fitted_out += 1
    assert fitted_out >= 24, "the pattern no longer finds what Furnish sets"


def test_c_sharp_files_are_short() -> None:
    long = {
        source.name: lines
        for source in PACKAGE.rglob("*.cs")
        if source.name != LAYOUT.name
        and (lines := len(source.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}


def test_every_fault_has_a_row_in_the_table_of_troubles() -> None:
    table = (PACKAGE / "Documentation~" / "index.md").read_text("utf-8")
    named = [
        name for name, kind in vars(faults).items() if "happened" in getattr(kind, "__dict__", {})
    ]
    assert len(named) > 10
    assert [name for name in named if f"{name})" not in table and f"({name}," not in table] == []


def test_the_sample_has_right_answers_for_every_concept_of_the_curriculum() -> None:
    items = json.loads((PACKAGE / "Samples~" / "Algebra" / "items.json").read_text("utf-8"))
    assert set(items) == {concept.name for concept in builtin("algebra-16").concepts}
    for concept, asked in items.items():
        assert len(asked) >= 3, concept
        for item in asked:
            assert 0 <= item["right"] < len(item["options"]) == len(set(item["options"])) == 4


def test_the_window_shows_the_command_of_the_manuals_step() -> None:
    """Whoever presses Play after `check` has a tutor that only walks about, then nobody."""
    window = (PACKAGE / "Editor" / "ClassroomWindow.cs").read_text("utf-8")
    manual = (PACKAGE / "Documentation~" / "index.md").read_text("utf-8")
    shown = re.search(r'string Command = "(.*)"', window)
    step = re.search(r"^8\. (.*?)^9\. ", manual, re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert step is not None
    assert step[1].index(shown[1]) == step[1].index("python -m scripts.unity")  # the first named
