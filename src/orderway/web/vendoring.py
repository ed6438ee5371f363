"""Which files of others we ship to browsers, and how to fetch them again: `python -m orderway.web.vendoring`.

Needs npm and the registry, only when a version changes; nothing here runs while serving. The lock is compared with the files by a test.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "static" / "vendor"
FOR_TESTS = Path(__file__).parents[3] / "tests" / "journeys" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the npm registry and the files that we take from it."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]
    target: Path

    @property
    def folder(self) -> str:
        """NAME-VERSION, the scope's @ and / left out."""
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}"


PACKAGES = (
    Package("@tabler/core", "1.6.1", "MIT", ("dist/css/tabler.min.css",), SHIPPED),
    # The bpmn.io licence is MIT with one condition: the watermark in the corner of the diagram stays visible.
    Package(
        "bpmn-js",
        "18.31.1",
        "LicenseRef-bpmn.io",
        ("dist/bpmn-navigated-viewer.production.min.js", "dist/assets/diagram-js.css", "LICENSE"),
        SHIPPED,
    ),
    Package("axe-core", "4.14.1", "MPL-2.0", ("axe.min.js", "LICENSE"), FOR_TESTS),
)


def fetch(package: Package) -> dict[str, object]:
    """Take the package's files from the registry into its folder; gives its line of the lock."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", f"{package.name}@{package.version}"], cwd=scratch, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607  fixed words, versions from the table above
        archive = next(Path(scratch).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            contents = {name: _read(tar, name) for name in package.files}
    folder = package.target / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / Path(name).name).write_bytes(content)
    return line_of(package)


def line_of(package: Package) -> dict[str, object]:
    """What the lock says about a package, from the files that lie there."""
    folder = package.target / package.folder
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "source": f"https://registry.npmjs.org/{package.name}",
        "sha256": {Path(name).name: hashlib.sha256((folder / Path(name).name).read_bytes()).hexdigest() for name in package.files},
    }


def lock_of(target: Path) -> str:
    """The text of the lock file of a folder."""
    lines = [line_of(package) for package in PACKAGES if package.target == target]
    return json.dumps(lines, indent=2, sort_keys=True) + "\n"


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(f"package/{name}")
    if file is None:
        raise FileNotFoundError(name)
    return file.read()


def main() -> int:
    """Fetch every package and write both locks."""
    for package in PACKAGES:
        fetch(package)
    for target in (SHIPPED, FOR_TESTS):
        (target / "vendor.lock").write_text(lock_of(target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
