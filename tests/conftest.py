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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is marked `whole`, unless it is asked for by ``-m``."""
    if "whole" not in str(config.getoption("-m")):
        left_out = [item for item in items if item.get_closest_marker("whole")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source data, which does not travel with the package (``DETENTE_SOURCES``, or ``../shared/data``)."""
    folder = Path(os.environ.get("DETENTE_SOURCES", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"source data not found at {folder}: set DETENTE_SOURCES to the folder that holds them")
    return folder
