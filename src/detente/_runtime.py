"""The one place that sets JAX up: 64-bit floats and a persistent compilation cache. Importing `detente` runs it.

JAX itself is not imported here, so that commands which do not need it start at once.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import platformdirs

MALLOC_TRIM_THRESHOLD, MALLOC_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def cache_directory() -> Path:
    """Folder for compiled programs and other things that can be made again (override: ``DETENTE_CACHE``)."""
    return Path(os.environ.get("DETENTE_CACHE") or platformdirs.user_cache_dir("detente", appauthor=False))


def _set_up_jax() -> None:
    settings: dict[str, bool | float | str] = {
        "jax_enable_x64": True,
        "jax_cpu_enable_async_dispatch": False,  # solves in several threads would queue for the one that dispatches
        "jax_compilation_cache_dir": str(cache_directory() / "xla"),
        "jax_persistent_cache_min_compile_time_secs": 0.1,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    if "jax" in sys.modules:  # imported before Détente: the environment is read no more
        for name, value in settings.items():
            sys.modules["jax"].config.update(name, value)
        if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "1":  # JAX's own default, not a user's wish
            from jaxlib import utils

            utils.absl_set_min_log_level(3)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the cache loader warns of compiler hints on every hit
    for name, value in settings.items():
        os.environ.setdefault(name.upper(), str(value))


def _keep_memory() -> None:
    """Let glibc reuse large blocks instead of asking the kernel for them anew at every solve, page by page."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have no such thing
        if mallopt is not None:
            for parameter in (MALLOC_TRIM_THRESHOLD, MALLOC_MMAP_THRESHOLD):
                mallopt(parameter, 1 << 30)


def prefer_quick_start() -> None:
    """Compile for a program that solves a few times and ends: half the compile time, and solves three times slower.

    Has an effect only before JAX compiles anything; a value of the user's own in ``XLA_FLAGS`` stays.
    """
    flag = "--xla_backend_optimization_level"
    if flag not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flag}=0".strip()


_set_up_jax()
_keep_memory()
# SciPy factorises small matrices only, and its threads wait by spinning: one is ten times faster than two.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
