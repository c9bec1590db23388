"""Stubs of Unity, ML-Agents, the Input System and NUnit as assemblies to compile against."""

from pathlib import Path

from unity_bridge.compilation import compile_sources

STUBS = Path(__file__).parent / "unity_stubs"
ASSEMBLIES = {
    "UnityEngine": ("UnityEngine.cs", "UnityEngineXR.cs"),
    "Unity.InputSystem": ("InputSystem.cs",),
    "Unity.ML-Agents": ("MLAgents.cs",),
    "UnityEditor": ("UnityEditor.cs",),
    "nunit.framework": ("NUnit.cs",),
}
"""In order: each may use those before it."""
FLAGS = ("-target:library", "-langversion:7.2", "-nowarn:1591,0067,0649,0414")
"""Stubs have members that nothing assigns, raises or documents."""


def compiled_stubs(folder: Path) -> list[Path]:
    """Compile all stubs into a folder; returns the assemblies."""
    made: list[Path] = []
    for name, files in ASSEMBLIES.items():
        sources = [STUBS / file for file in files]
        made.append(compile_sources(sources, folder / f"{name}.dll", list(made), FLAGS))
    return made
