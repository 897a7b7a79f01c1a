"""A user's own flows, with tariffs, jobs and factors: a made-up file becomes a world that answers; bad files are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.accounts import Baseline
from detente.accounts.readers import Additions, read_official
from detente.economy import calibrate
from detente.errors import InputError

FLOWS = """exporter,sector,importer,buyer,value
HOM,goods,HOM,goods,20
HOM,goods,HOM,services,10
HOM,goods,HOM,final,40
HOM,goods,FOR,final,15
FOR,goods,HOM,final,10
FOR,goods,HOM,goods,3
FOR,goods,HOM,goods,2
FOR,goods,FOR,goods,30
FOR,goods,FOR,final,60
HOM,services,HOM,goods,15
HOM,services,HOM,final,70
FOR,services,FOR,goods,20
FOR,services,FOR,final,80
FOR,services,HOM,final,5
"""
TARIFFS = "importer,exporter,sector,tariff\n*,*,goods,0.05\nHOM,FOR,goods,0.10\n"
JOBS = "region,sector,jobs\nHOM,goods,1.2\nHOM,services,1.5\nFOR,*,2\n"
FACTORS = "region,sector,labour,capital,resource\n*,*,0.6,0.4,0\n*,goods,0.6,0.35,0.05\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("flows-2023", FLOWS), ("tariffs", TARIFFS), ("jobs", JOBS), ("factors", FACTORS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def whole(folder: Path) -> Baseline:
    given = Additions(folder / "tariffs.csv", folder / "jobs.csv", folder / "factors.csv")
    return read_official(folder / "flows-2023.csv", "long", 4.0, given)


def test_the_world_holds_what_the_files_say(folder: Path) -> None:
    world = whole(folder)
    world.check(1e-12)
    assert (world.regions, world.sectors, world.attributes["year"]) == (("HOM", "FOR"), ("goods", "services"), 2023)
    assert world.trade.sel(importer="HOM", exporter="FOR", sector="goods", use="goods").item() == 5  # rows add up
    assert world.tariff.sel(importer="HOM", exporter="FOR", sector="goods").values == pytest.approx(0.10)
    assert world.tariff.sel(importer="FOR", exporter="HOM", sector="goods").values == pytest.approx(0.05)
    assert not world.tariff.sel(importer="HOM", exporter="HOM").values.any()  # nobody pays duties at home
    assert world.tariff_revenue.tolist() == pytest.approx([0.10 * 15, 0.05 * 15])
    assert world.output.sel(region="HOM", sector="goods").item() == 85
    # What goods-makers pay: inputs of 20 + 15 at home, and 5 with a duty of a tenth.
    assert world.value_added.sel(region="HOM", sector="goods").item() == pytest.approx(85 - 35 - 5.5)
    np.testing.assert_array_equal(world.employment, [[1.2, 1.5], [2, 2]])
    np.testing.assert_allclose(world.resource_share, [[0.05, 0], [0.05, 0]])
    assert world.sources["tariff"] == "file tariffs.csv"


def test_it_answers_as_any_other_world(folder: Path) -> None:
    economy = calibrate(whole(folder), factors="all")
    raised = economy.status_quo().set(importer="HOM", exporter="FOR", sector="goods", rate=0.3)
    result = economy.solve(raised)
    assert np.abs(economy.solve(economy.status_quo()).arrays["welfare"]).max() < 1e-9
    assert result.arrays["welfare"][1] < 0


def test_alone_the_flows_have_no_tariffs_and_no_jobs(folder: Path) -> None:
    world = read_official(folder / "flows-2023.csv", "long")
    assert not world.tariff.any() and np.isnan(world.employment).all() and np.isnan(world.labour_share).all()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("flows-2023", FLOWS + "HOM,goods,HOM,nobody,1\n", "'nobody' is a buyer but sells nothing"),
        ("flows-2023", FLOWS + "HOM,goods,HOM,final,many\n", "line 16: value must be a number"),
        ("flows-2023", "exporter,sector,importer,buyer,value\n", "has no flows"),
        ("flows-2023", "exporter,sector,importer,value\nHOM,goods,HOM,1\n", "has no column 'buyer'"),
        (
            "flows-2023",
            "exporter,sector,importer,buyer,value\nHOM,goods,FOR,final,1\nHOM,services,FOR,final,1\n",
            "HOM spends nothing in the end",
        ),
        ("tariffs", TARIFFS + "HOM,FOR,steel,0.1\n", "unknown sector 'steel'; the table has goods, services"),
        ("tariffs", TARIFFS + "HOM,FOR,goods,25\n", "give fractions of the value, 0.25 for 25 percent"),
        ("tariffs", TARIFFS + "HOM,FOR,goods,-0.1\n", "tariff must not be negative"),
        ("jobs", JOBS + "HOM,goods,few\n", "line 5: jobs must be a number"),
        ("factors", FACTORS + "HOM,goods,0.6,0.6,0\n", "of HOM, goods sum to 1.2"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(folder: Path, name: str, text: str, words: str) -> None:
    (folder / f"{name}.csv").write_text(text)
    with pytest.raises(InputError) as refused:
        whole(folder)
    assert words in str(refused.value) and "\n" not in str(refused.value)
