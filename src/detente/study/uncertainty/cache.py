"""Arrays kept in a folder, so that what was computed once is not computed again."""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

import detente
from detente import cache_folder
from detente.accounts import Baseline
from detente.files import opened, sealed, write_whole

#: Files kept by this process, from the first, after which the folder is brought below its cap again.
CLEARED_EVERY = 32
_kept_here = itertools.count(1)


def keep(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to one sealed .npz file, whole or not at all; nothing is kept where the folder cannot be written."""
    made = io.BytesIO()
    np.savez(made, **arrays)  # type: ignore[arg-type]
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, sealed(made.getvalue()))
        if next(_kept_here) % CLEARED_EVERY == 1:
            cache_folder.prune()


def kept(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a file; None where there is none. A damaged one is set aside, so that its arrays are made again."""
    try:
        data = opened(path.read_bytes())
    except OSError:
        return None
    if data is None:
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used now: the last to go when the cache is full
    with np.load(io.BytesIO(data)) as file:
        return dict(file)


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
    root, digest = Path(detente.__file__).parent, hashlib.sha256()
    for path in program_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.digest()


def program_files(root: Path) -> list[Path]:
    """The files under the package's folder that an outcome rests on: its root's modules and the rooms up to this one."""
    found = [*root.glob("*.py")]
    for room in ("accounts", "law", "economy", "study"):
        found += [path for path in (root / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted(path for path in found if root / "accounts" / "build" not in path.parents)
