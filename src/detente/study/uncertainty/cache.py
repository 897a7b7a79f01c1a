"""Arrays kept in a folder, so that what was computed once is not computed again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

import detente
from detente.accounts import Baseline


def keep(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to one .npz file, whole or not at all; nothing is kept where the folder cannot be written."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        unfinished.replace(path)


def kept(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a file; None where there is none or it is damaged."""
    try:
        with path.open("rb") as handle, np.load(handle) as file:
            return dict(file)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError):
        return None


def fingerprint(baseline: Baseline, *settings: object) -> str:
    """A short text that differs when the world, a setting or the program differs."""
    digest = hashlib.sha256(_program())
    for name, values in sorted(baseline.arrays.items()):
        digest.update(name.encode() + np.ascontiguousarray(values).tobytes())
    digest.update(repr((baseline.regions, baseline.sectors, baseline.uses, settings)).encode())
    return digest.hexdigest()[:20]


@cache
def _program() -> bytes:
    """Digest of everything in the package that an outcome rests on: code, law and tables."""
    root = Path(detente.__file__).parent
    digest = hashlib.sha256()
    for room in ("accounts", "law", "economy", "study"):
        for path in sorted((root / room).rglob("*")):
            inside = path.relative_to(root).parts
            if path.is_file() and "__pycache__" not in inside and inside[:2] != ("accounts", "build"):
                digest.update("/".join(inside).encode() + path.read_bytes())
    return digest.digest()
