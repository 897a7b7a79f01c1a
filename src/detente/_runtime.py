"""The one place that sets JAX up, before anything imports it: 64-bit floats and a persistent compilation cache.

Modules that use JAX import this module first: ``from detente import _runtime``.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import platformdirs


def cache_directory() -> Path:
    """Folder for compiled programs and other things that can be made again (override: ``DETENTE_CACHE``)."""
    return Path(os.environ.get("DETENTE_CACHE") or platformdirs.user_cache_dir("detente", appauthor=False))


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the cache loader warns of compiler hints on every hit
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_directory() / "xla"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import jax

if not jax.config.read("jax_enable_x64"):  # JAX was imported before Détente, without the setting above
    warnings.warn("Détente needs 64-bit floats in JAX and switches them on for this process.", stacklevel=2)
    jax.config.update("jax_enable_x64", True)
