from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source data, which does not travel with the package (``DETENTE_SOURCES``, or ``../shared/data``)."""
    folder = Path(os.environ.get("DETENTE_SOURCES", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"source data not found at {folder}: set DETENTE_SOURCES to the folder that holds them")
    return folder
