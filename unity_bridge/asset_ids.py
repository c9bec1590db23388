"""Unity's .meta files of the package: an identity for every asset, derived from its path.

A package that is installed from a repository is read-only, and Unity ignores assets of such a
package that come without a .meta file. The identity is a hash of the path within the package, so
that it is the same on every machine and nothing that refers to it breaks.
"""

import hashlib
from pathlib import Path
from typing import Final

_IMPORTERS: Final = {
    ".cs": "MonoImporter",
    ".asmdef": "AssemblyDefinitionImporter",
    ".md": "TextScriptImporter",
}
_MANIFEST: Final = "package.json"
_DEFAULTS: Final = (
    "  externalObjects: {}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
)


def assets(package: Path) -> list[Path]:
    """Files and folders that Unity imports: none that are hidden or end in ~."""
    return sorted(
        path
        for path in package.rglob("*")
        if path.suffix != ".meta"
        and not any(
            part.startswith(".") or part.endswith("~") for part in path.relative_to(package).parts
        )
    )


def meta_files(package: Path) -> dict[Path, str]:
    """The text of every .meta file that the package needs, by path."""
    return {
        asset.with_name(f"{asset.name}.meta"): _meta(asset, package) for asset in assets(package)
    }


def _meta(asset: Path, package: Path) -> str:
    within = asset.relative_to(package).as_posix()
    identity = hashlib.md5(within.encode(), usedforsecurity=False).hexdigest()
    head = f"fileFormatVersion: 2\nguid: {identity}\n"
    if asset.is_dir():
        return f"{head}folderAsset: yes\nDefaultImporter:\n{_DEFAULTS}"
    if asset.name == _MANIFEST:
        return f"{head}PackageManifestImporter:\n{_DEFAULTS}"
    return f"{head}{_IMPORTERS.get(asset.suffix, 'DefaultImporter')}:\n{_DEFAULTS}"
