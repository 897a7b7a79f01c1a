"""The one place that sets JAX up: 64-bit floats and a persistent compilation cache. Importing `detente` runs it.

JAX itself is not imported here, so that commands which do not need it start at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def cache_directory() -> Path:
    """Folder for compiled programs and other things that can be made again (override: ``DETENTE_CACHE``)."""
    return Path(os.environ.get("DETENTE_CACHE") or platformdirs.user_cache_dir("detente", appauthor=False))


def _set_up_jax() -> None:
    settings: dict[str, bool | float | str] = {
        "jax_enable_x64": True,
        "jax_compilation_cache_dir": str(cache_directory() / "xla"),
        "jax_persistent_cache_min_compile_time_secs": 0.1,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    if "jax" in sys.modules:  # imported before Détente: the environment is read no more
        for name, value in settings.items():
            sys.modules["jax"].config.update(name, value)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the cache loader warns of compiler hints on every hit
    for name, value in settings.items():
        os.environ.setdefault(name.upper(), str(value))


def prefer_quick_start() -> None:
    """Compile for a program that solves a few times and ends: half the compile time, and solves three times slower.

    Has an effect only before JAX compiles anything; a value of the user's own in ``XLA_FLAGS`` stays.
    """
    flag = "--xla_backend_optimization_level"
    if flag not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flag}=0".strip()


_set_up_jax()
# SciPy factorises small matrices only, and its threads wait by spinning: one is ten times faster than two.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
