from __future__ import annotations

import numpy as np
import pytest

from detente.accounts.places import load
from detente.errors import InputError
from detente.report.tilemap import save, tilemap

PLACES = load()


@pytest.fixture
def values():
    return np.linspace(-3.2, 1.4, len(PLACES.places))


def tiles(chart) -> dict[str, dict]:
    datasets = chart.to_dict()["datasets"].values()
    (rows,) = [rows for rows in datasets if "code" in rows[0]]
    return {row["name"]: row for row in rows}


def test_the_number_is_written_with_its_sign_and_the_mark_of_an_assumption(values):
    assumed = np.zeros(len(values), bool)
    assumed[PLACES.names.index("Quebec")] = True
    values[PLACES.names.index("Ontario")] = -0.04
    values[PLACES.names.index("Nunavut")] = np.nan
    rows = tiles(tilemap(values, PLACES, title="x", unit="percent", assumed=assumed))
    assert rows["Newfoundland and Labrador"]["text"] == "−3.2"
    assert rows["Wyoming"]["text"] == "+1.4"
    assert rows["Ontario"]["text"] == "0.0"
    assert rows["Nunavut"]["text"] == "no data"
    assert [name for name, row in rows.items() if row["mark"]] == ["Quebec"]


def test_the_colours_are_symmetric_around_zero_and_the_unit_is_in_the_legend(values):
    chart = tilemap(values, PLACES, title="Finding", unit="percent of jobs").to_dict()
    colour = chart["layer"][1]["encoding"]["color"]
    assert colour["scale"]["domain"] == [-3.2, 3.2]
    assert colour["legend"]["title"] == "percent of jobs"
    assert chart["title"]["text"] == ["Finding"]


def test_nothing_changes_is_a_figure_too():
    rows = tiles(tilemap(np.zeros(len(PLACES.places)), PLACES, title="x", unit="percent"))
    assert {row["text"] for row in rows.values()} == {"0.0"}


def test_tiles_do_not_overlap_and_canada_is_above():
    assert len({tuple(tile) for tile in PLACES.tile}) == len(PLACES.places)
    assert PLACES.tile[PLACES.inside("CAN"), 0].max() < PLACES.tile[PLACES.inside("USA"), 0].min()


def test_figures_are_saved(values, tmp_path):
    chart = tilemap(values, PLACES, title="x", unit="percent", assumed=np.ones(len(values), bool))
    assert save(chart, tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    drawn = save(chart, tmp_path / "map.svg").read_text()
    assert "−3.2" in drawn
    assert "≈ rests on an assumption" in drawn


def test_bad_input_is_refused(values, tmp_path):
    with pytest.raises(InputError, match="one value per place"):
        tilemap(values[:5], PLACES, title="x", unit="percent")
    with pytest.raises(InputError, match=r"map\.gif is none"):
        save(tilemap(values, PLACES, title="x", unit="percent"), tmp_path / "map.gif")
