"""The build from the source data: the shipped file is what the pipeline makes, and the command says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.accounts import load
from detente.accounts.build.estimates import elasticity_table
from detente.accounts.build.targets import TOLERANCE
from detente.accounts.build.world import build
from detente.accounts.elasticities import estimates
from detente.accounts.schema import VARIABLES
from detente.errors import InputError

pytestmark = pytest.mark.sources


@pytest.mark.slow
def test_rebuilding_reproduces_the_shipped_file(sources: Path) -> None:
    made, shipped = build(sources), load("world-2024", uses="buyers")
    assert made.world.attributes["built_from"] == shipped.attributes["built_from"]
    for name in VARIABLES:
        # Rounded flows may fall on the other side of one bit on another machine: 2^-13, hence the total as well.
        np.testing.assert_allclose(made.world.arrays[name], shipped.arrays[name], rtol=2.0**-12, atol=0.2)
        total = np.nansum(shipped.arrays[name])
        assert np.nansum(made.world.arrays[name]) == pytest.approx(total, rel=1e-6, abs=1.0)
    assert all(abs(target.gap) <= TOLERANCE for target in made.targets if target.hard)
    assert len([target for target in made.targets if target.hard]) > 150
    assert made.raised[0].moved >= made.raised[-1].moved > 0


def test_the_elasticity_table_is_the_one_shipped(sources: Path) -> None:
    made = elasticity_table(sources)
    assert len(made) == len(estimates())
    for row, shipped in zip(made.itertuples(), estimates(), strict=True):
        assert (row.sector, row.source) == (shipped.sector, shipped.source)
        assert row.value == pytest.approx(shipped.value)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"lacks adb_mrio_summary/country_sector_73_2017_2022\.parquet"):
        build(tmp_path)
