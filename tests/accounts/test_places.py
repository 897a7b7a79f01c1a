from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.accounts.places import by_place, load
from detente.errors import InputError

PLACES = load()
REGIONS = ("MEX", "USA", "ROW", "CAN")
SHAPE = (len(REGIONS), len(PLACES.sectors))
SOURCES = Path(__file__).parents[2] / "src" / "detente" / "accounts" / "places"


def share(place: str, sector: str, kind: str = "employment_share") -> float:
    return getattr(PLACES, kind)[PLACES.places.index(place), PLACES.sectors.index(sector)]


def largest(country: str, sector: str, kind: str = "employment_share") -> str:
    column = np.where(PLACES.inside(country), getattr(PLACES, kind)[:, PLACES.sectors.index(sector)], -1.0)
    return PLACES.places[int(column.argmax())]


def random_arrays(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [draw.lognormal(size=shape) for shape in shapes]


# -- the shipped table ---------------------------------------------------------------------------------------------


def test_the_places_are_the_51_and_the_13():
    assert len(PLACES.places) == 64
    assert PLACES.inside("USA").sum() == 51
    assert PLACES.inside("CAN").sum() == 13
    with (SOURCES.parent / "sectors.csv").open() as file:
        assert PLACES.sectors == tuple(row["sector"] for row in csv.DictReader(file))


@pytest.mark.parametrize("kind", ["employment_share", "income_share"])
def test_shares_sum_to_one_in_every_country_and_sector(kind):
    sums = PLACES.sum_by_country(getattr(PLACES, kind))
    assert np.abs(sums - 1).max() < 1e-12
    assert getattr(PLACES, kind).min() >= 0


def test_every_place_has_jobs_and_no_tile_is_used_twice():
    assert (PLACES.jobs_kjobs.sum(axis=1) > 0).all()
    with (SOURCES / "places.csv").open() as file:
        tiles = [(row["row"], row["column"]) for row in csv.DictReader(file)]
    assert len(set(tiles)) == 64


@pytest.mark.parametrize(
    ("country", "sector", "place"),
    [
        ("USA", "motor_vehicles", "US-MI"),
        ("USA", "motor_vehicle_parts", "US-MI"),
        ("USA", "steel", "US-IN"),
        ("USA", "oil_gas", "US-TX"),
        ("USA", "electronics", "US-CA"),
        ("CAN", "motor_vehicles", "CA-ON"),
        ("CAN", "oil_gas", "CA-AB"),
        ("CAN", "steel", "CA-ON"),
        ("CAN", "lumber", "CA-BC"),
        ("CAN", "finance", "CA-ON"),
    ],
)
def test_where_industries_are_known_to_be(country, sector, place):
    assert largest(country, sector) == place
    assert largest(country, sector, "income_share") == place


def test_facts_outside_the_build():
    # Natural Resources Canada: 8 of the 9 smelters and about 90% of primary aluminum are in Quebec.
    assert share("CA-QC", "aluminum") > 0.80
    assert share("CA-QC", "aluminum") + share("CA-BC", "aluminum") > 0.9
    # Canada Energy Regulator: Alberta makes more than 80% of Canada's crude; its share of jobs is near that.
    assert share("CA-AB", "oil_gas") > 0.7
    # No vehicle assembly in Atlantic Canada.
    assert share("CA-NS", "motor_vehicles") == 0
    # BLS: Texas has nearly half of the payroll jobs in oil and gas extraction; Washington a tenth of those in aircraft,
    # ships and trains.
    assert 0.4 < share("US-TX", "oil_gas") < 0.55
    assert share("US-WA", "other_transport_equipment") > 0.06
    # BLS: Michigan has about a fifth of the jobs in vehicle and parts making.
    assert 0.12 < share("US-MI", "motor_vehicle_parts") < 0.25
    # Statistics Canada: Ontario and Quebec have roughly 7 in 10 jobs in manufacturing.
    making = [PLACES.sectors.index(s) for s in ("machinery", "chemicals", "steel", "food", "motor_vehicle_parts")]
    jobs = PLACES.jobs_kjobs[:, making].sum(axis=1)
    east = jobs[PLACES.places.index("CA-ON")] + jobs[PLACES.places.index("CA-QC")]
    assert 0.6 < east / jobs[PLACES.inside("CAN")].sum() < 0.85


def test_what_rests_on_an_assumption_is_marked():
    def marked(country: str, sector: str) -> float:
        return PLACES.assumed[PLACES.inside(country), PLACES.sectors.index(sector)].mean()

    assert marked("CAN", "steel") == marked("CAN", "aluminum") == 1
    assert marked("CAN", "construction") == 0
    for sector in ("steel", "construction"):  # the District alone, which the survey leaves out
        assert marked("USA", sector) <= 1 / 51
    assert marked("USA", "education") == 1  # government by its national composition
    assert PLACES.income_assumed[PLACES.inside("CAN")].all()


# -- allocation ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.sampled_from(["employment", "income"]))
@settings(max_examples=20, deadline=None)
def test_allocation_adds_up_to_the_nation(seed, by):
    (national,) = random_arrays(seed, SHAPE)
    sums = PLACES.sum_by_country(PLACES.allocate(national, REGIONS, by))
    expected = national[[REGIONS.index(country) for country in PLACES.countries]]
    assert np.abs(sums / expected - 1).max() < 1e-12


def test_allocation_refuses_what_it_cannot_place():
    national = np.ones(SHAPE)
    with pytest.raises(InputError, match="no CAN"):
        PLACES.allocate(national, ("MEX", "USA", "ROW", "GBR"))
    with pytest.raises(InputError, match="neither"):
        PLACES.allocate(national, REGIONS, by="votes")
    with pytest.raises(InputError, match="43 sectors"):
        PLACES.allocate(national[:, :3], REGIONS)


# -- outcomes ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_outcomes_add_up_to_the_nation(seed):
    jobs, jobs_hat, income, income_hat = random_arrays(seed, SHAPE, SHAPE, SHAPE, SHAPE)
    price, other, new_other = random_arrays(seed + 1, *[(len(REGIONS),)] * 3)
    outcome = by_place(
        PLACES,
        REGIONS,
        employment=jobs,
        employment_hat=jobs_hat,
        income=income,
        income_hat=income_hat,
        price_index_hat=price,
        other_income=other,
        new_other_income=new_other,
    )
    rows = [REGIONS.index(country) for country in PLACES.countries]
    close = {"rtol": 1e-9}
    np.testing.assert_allclose(PLACES.sum_by_country(outcome.jobs), jobs[rows], **close)
    np.testing.assert_allclose(PLACES.sum_by_country(outcome.new_jobs), (jobs * jobs_hat)[rows], **close)
    np.testing.assert_allclose(PLACES.sum_by_country(outcome.income), income.sum(1)[rows] + other[rows], **close)
    new = (income * income_hat).sum(1)[rows] + new_other[rows]
    np.testing.assert_allclose(PLACES.sum_by_country(outcome.new_income), new, **close)
    # income-weighted real income by place is the nation's
    weighted = PLACES.sum_by_country(outcome.income * outcome.real_income) / PLACES.sum_by_country(outcome.income)
    np.testing.assert_allclose(weighted, new / (income.sum(1) + other)[rows] / price[rows], **close)


def test_no_change_is_no_change_and_a_common_change_is_everywhere():
    jobs, income = random_arrays(7, SHAPE, SHAPE)
    one, ones = np.ones(SHAPE), np.ones(len(REGIONS))
    same = by_place(
        PLACES,
        REGIONS,
        employment=jobs,
        employment_hat=one,
        income=income,
        income_hat=one,
        price_index_hat=ones,
    )
    np.testing.assert_allclose(same.real_income, 1, atol=1e-14)
    np.testing.assert_array_equal(same.jobs, same.new_jobs)
    dearer = by_place(
        PLACES,
        REGIONS,
        employment=jobs,
        employment_hat=one,
        income=income,
        income_hat=1.1 * one,
        price_index_hat=1.25 * ones,
    )
    np.testing.assert_allclose(dearer.real_income, 0.88)
    np.testing.assert_allclose(dearer.real_earnings, 0.88)


def test_a_fall_in_motor_vehicles_hits_michigan_and_ontario_most():
    hat = np.ones(SHAPE)
    hat[:, [PLACES.sectors.index("motor_vehicles"), PLACES.sectors.index("motor_vehicle_parts")]] = 0.9
    jobs = PLACES.sum_by_country(PLACES.jobs_kjobs)
    national = np.ones(SHAPE)
    for row, country in enumerate(PLACES.countries):
        national[REGIONS.index(country)] = jobs[row]
    outcome = by_place(
        PLACES,
        REGIONS,
        employment=national,
        employment_hat=hat,
        income=national,
        income_hat=hat,
        price_index_hat=np.ones(len(REGIONS)),
    )
    change = outcome.new_jobs.sum(axis=1) / outcome.jobs.sum(axis=1)
    for country, place in (("USA", "US-MI"), ("CAN", "CA-ON")):
        inside = np.flatnonzero(PLACES.inside(country))
        assert PLACES.places[inside[change[inside].argmin()]] == place


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("price_index_hat", np.ones(3), "price_index_hat has shape"),
        ("employment", np.ones((4, 2)), "employment has shape"),
        ("income", np.full(SHAPE, np.nan), "income is unknown"),
    ],
)
def test_outcomes_refuse_what_they_cannot_use(name, value, message):
    one = np.ones(SHAPE)
    given = dict.fromkeys(("employment", "employment_hat", "income", "income_hat"), one)
    given["price_index_hat"] = np.ones(len(REGIONS))
    with pytest.raises(InputError, match=message):
        by_place(PLACES, REGIONS, **{**given, name: value})


def test_other_regions_may_lack_numbers():
    one = np.ones(SHAPE)
    gaps = one.copy()
    gaps[REGIONS.index("ROW")] = np.nan
    outcome = by_place(
        PLACES,
        REGIONS,
        employment=gaps,
        employment_hat=one,
        income=one,
        income_hat=one,
        price_index_hat=np.ones(len(REGIONS)),
    )
    assert np.isfinite(outcome.new_jobs).all()


# -- replacement ---------------------------------------------------------------------------------------------------

HEADER = "place,sector,employment_share,income_share,source\n"


def test_a_sector_can_be_replaced(tmp_path):
    file = tmp_path / "steel.csv"
    file.write_text(HEADER + "CA-ON,steel,0.7,0.75,StatCan 14-10-0202\nCA-QC,steel,0.3,0.25,StatCan 14-10-0202\n")
    changed = PLACES.replace_from_csv(file)
    steel, canada = PLACES.sectors.index("steel"), PLACES.inside("CAN")
    assert changed.employment_share[changed.places.index("CA-ON"), steel] == 0.7
    assert changed.employment_share[changed.places.index("CA-SK"), steel] == 0
    assert not changed.assumed[canada, steel].any()
    assert changed.sources["CAN steel"] == "StatCan 14-10-0202"
    assert changed.jobs_kjobs[canada, steel].sum() == pytest.approx(PLACES.jobs_kjobs[canada, steel].sum())
    np.testing.assert_array_equal(changed.employment_share[~canada], PLACES.employment_share[~canada])
    assert np.abs(changed.sum_by_country(changed.income_share) - 1).max() < 1e-12


def test_income_follows_jobs_where_it_is_not_given_and_stays_marked(tmp_path):
    file = tmp_path / "steel.csv"
    file.write_text("place,sector,employment_share,source\nUS-IN,steel,0.6,x\nUS-OH,steel,0.4,x\n")
    changed = PLACES.replace_from_csv(file)
    steel = PLACES.sectors.index("steel")
    assert changed.income_share[changed.places.index("US-IN"), steel] == 0.6
    assert changed.income_assumed[changed.inside("USA"), steel].all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place,sector,employment_share\nCA-ON,steel,1\n", "no column 'source'"),
        (HEADER, "no rows"),
        (HEADER + "ON,steel,1,1,x\n", "line 2: unknown place 'ON'"),
        (HEADER + "CA-ON,iron,1,1,x\n", "line 2: unknown sector 'iron'"),
        (HEADER + "CA-ON,steel,66%,1,x\n", "'66%' is not a share"),
        (HEADER + "CA-ON,steel,-0.1,1,x\n", "'-0.1' is not a share"),
        (HEADER + "CA-ON,steel,nan,1,x\n", "'nan' is not a share"),
        (HEADER + "CA-ON,steel,1,1,\n", "source is empty"),
        (HEADER + "CA-ON,steel,1,1\n", "source is empty"),
        (HEADER + "CA-ON,steel,0.9,1,x\n", "employment_share of steel in CAN sums to 0.9"),
        (HEADER + "CA-ON,steel,0.5,1,x\nCA-ON,steel,0.5,0,x\n", "given twice"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(tmp_path, text, message):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        PLACES.replace_from_csv(file)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file"):
        PLACES.replace_from_csv(tmp_path / "nothing.csv")


# -- the pipeline --------------------------------------------------------------------------------------------------


@pytest.mark.sources
def test_the_shipped_table_is_what_the_sources_give(sources, tmp_path):
    from detente.accounts.places.build import write

    write(sources, tmp_path / "shares.csv")
    assert (tmp_path / "shares.csv").read_text() == (SOURCES / "shares.csv").read_text()


@pytest.mark.sources
def test_published_totals_are_kept(sources):
    import pandas as pd

    from detente.accounts.build.employment import CANADA_FARM_EMPLOYEES

    monthly = pd.read_csv(sources / "us_payroll" / "ces_headline_and_metal_sectors_monthly.csv")
    nonfarm = monthly[monthly["date"].str.startswith("2024")]["emp_nonfarm"].mean()
    inside = PLACES.inside("USA")
    farms = PLACES.jobs_kjobs[inside, PLACES.sectors.index("agriculture")].sum()
    assert PLACES.jobs_kjobs[inside].sum() - farms == pytest.approx(nonfarm, rel=1e-3)  # logging is nonfarm to BLS
    employees = pd.read_csv(sources / "canada_provinces" / "employees_by_province_industry_2019_2024.csv")
    rows = employees[(employees["year"] == 2024) & employees["industry"].str.contains("producing industries")]
    surveyed = rows.groupby("province")["employees"].sum() / 1000
    with (SOURCES / "locations.csv").open() as file:
        farm_share = {
            row["place"]: float(row["share"]) for row in csv.DictReader(file) if row["sector"] == "agriculture"
        }
    for place, name in zip(PLACES.places, PLACES.names, strict=True):
        if place.startswith("CA-"):
            shipped = PLACES.jobs_kjobs[PLACES.places.index(place)].sum()
            assert shipped == pytest.approx(
                surveyed[name] + CANADA_FARM_EMPLOYEES * farm_share.get(place, 0.0), rel=1e-4
            )
