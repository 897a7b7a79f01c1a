from __future__ import annotations

from collections.abc import Iterator

import pytest

import detente  # noqa: F401  (sets JAX up before a test module imports it)


@pytest.fixture(scope="module", autouse=True)
def _forget_compiled_programs() -> Iterator[None]:
    """Every module has its own shapes and functions; dropping their programs keeps memory flat."""
    yield
    import jax

    jax.clear_caches()
