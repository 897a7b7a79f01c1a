"""Setting JAX up, whichever of JAX and Détente is imported first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import jax
jax.devices()
import detente
import jax.numpy as jnp
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
print(jax.jit(lambda x: jnp.linalg.solve(x, x[jnp.array([1, 0])]))(jnp.eye(2) + 1.0).sum())
"""


def test_a_program_from_the_cache_loads_without_a_word(tmp_path: Path) -> None:
    """Notebooks import JAX before Détente, and then every cached program printed two kilobytes of compiler warnings."""
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    environment["DETENTE_CACHE"] = str(tmp_path)
    for _ in range(2):  # compiled, then from the cache
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True
        )
        assert ran.stderr == ""
    assert any(tmp_path.rglob("*")), "nothing was cached, so that nothing was shown"
