from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run, so that a failure is the change's; `--hypothesis-profile explore` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `long` run only where they are asked for (`-m long`)."""
    if "long" in (config.getoption("-m") or ""):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: asked for with -m long"))


REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source data, which does not travel with the package (``DETENTE_SOURCES``, or ``../shared/data``)."""
    folder = Path(os.environ.get("DETENTE_SOURCES", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"source data not found at {folder}: set DETENTE_SOURCES to the folder that holds them")
    return folder
