"""Lock every dependency to a version and its hashes: ``python docs/make_lock.py`` (needs uv and the package index).

Writes requirements.lock, for every system and Python that Détente runs on. `--check` says which locked packages have known
vulnerabilities (needs pip-audit); `--sbom FILE` writes the bill of materials of the environment it runs in (needs cyclonedx-bom).
Maintainers run all three before a release.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
EXTRAS = ("readers", "web", "postgres")


def lock(newest: bool) -> int:
    """Write the lock; `newest`: also where the present one would do."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "-q"]
    command += [part for extra in EXTRAS for part in ("--extra", extra)] + ["--no-annotate", "--python-version", "3.11"]
    command += [
        "--custom-compile-command",
        "python docs/make_lock.py",
        "-o",
        LOCK.name,
        *(["--upgrade"] if newest else []),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def check() -> int:
    """Ask whether any locked package has a known vulnerability."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", str(LOCK)]
    return subprocess.run(command, check=False).returncode


def bill(file: Path) -> int:
    """Write the bill of materials of this environment, the same bytes each time."""
    command = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "environment",
        "--output-reproducible",
        "--pyproject",
        "pyproject.toml",
    ]
    return subprocess.run([*command, "-o", str(file.absolute())], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    parser.add_argument("--check", action="store_true", help="look for known vulnerabilities instead")
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write the bill of materials instead")
    given = parser.parse_args()
    raise SystemExit(check() if given.check else bill(given.sbom) if given.sbom else lock(given.upgrade))
