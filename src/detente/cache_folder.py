"""The cache folder: how much it holds, how much it may, and what goes first when it is full.

Everything in it can be made again: draws, designs of samples, compiled programs, logs of failures. It is kept below a cap,
the files that were not used for longest going first.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from detente._runtime import cache_directory
from detente.errors import InputError
from detente.files import LOCKS, clear_unfinished, write_whole
from detente.text import shown

DEFAULT_CAP = 2 << 30
#: Down to which part of the cap a full cache is cleared, so that it is not cleared at every file.
ROOM = 0.8
CAP_FILE = "cap"
_UNITS = {"": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


def parse_size(text: str) -> int:
    """Bytes of a size such as 500 MB or 2GB. Raises `InputError`."""
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?) ?([KMGT]B)?", text.strip().upper(), re.ASCII)
    if not found:
        raise InputError(f"{shown(text)} is not a size; write 500 MB or 2 GB.")
    return int(float(found[1]) * _UNITS[found[2] or ""])


def size_text(count: int) -> str:
    """Bytes as people say them."""
    unit = next((name for name in ("TB", "GB", "MB", "KB") if count >= _UNITS[name]), "")
    return f"{count / _UNITS[unit]:.1f} {unit}" if unit else f"{count} bytes"


def cap() -> int:
    """Bytes that the cache may hold: `DETENTE_CACHE_CAP`, what `set_cap` kept, or 2 GB."""
    if given := os.environ.get("DETENTE_CACHE_CAP"):
        return parse_size(given)
    try:
        return parse_size((cache_directory() / CAP_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return DEFAULT_CAP


def set_cap(size: int) -> None:
    """Keep another cap and bring the cache below it. Raises `OSError`."""
    cache_directory().mkdir(parents=True, exist_ok=True)
    write_whole(cache_directory() / CAP_FILE, str(size))
    prune()


def held() -> dict[str, int]:
    """Bytes in the cache by kind, the name of the folder: draws, sobol, xla, failures, ..."""
    sizes: Counter[str] = Counter()
    for path, state in _files():
        sizes[path.relative_to(cache_directory()).parts[0]] += state.st_size
    return dict(sorted(sizes.items()))


def prune(most: int | None = None) -> int:
    """Remove what was not used for longest where more than the cap, or than `most` bytes, is held; the bytes removed."""
    most = cap() if most is None else most
    files = sorted(_files(), key=lambda one: max(one[1].st_atime, one[1].st_mtime))
    total = sum(state.st_size for _, state in files)
    removed = 0
    if total > most:
        for path, state in files:
            if total - removed <= ROOM * most:
                break
            with contextlib.suppress(OSError):  # another process was quicker
                path.unlink()
            removed += state.st_size
    for folder in {path.parent for path, _ in files}:
        clear_unfinished(folder)
    return removed


def clear() -> int:
    """Remove everything but the cap; the bytes removed."""
    return prune(0)


def _files() -> Iterator[tuple[Path, os.stat_result]]:
    root = cache_directory()
    for path in root.rglob("*"):
        if path.parent in (root, root / LOCKS):
            continue  # the cap, whatever is not ours, and what runs hold
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink():
                yield path, path.stat()
