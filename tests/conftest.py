from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run, so that a failure is the change's; `--hypothesis-profile explore` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source data, which does not travel with the package (``DETENTE_SOURCES``, or ``../shared/data``)."""
    folder = Path(os.environ.get("DETENTE_SOURCES", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"source data not found at {folder}: set DETENTE_SOURCES to the folder that holds them")
    return folder
