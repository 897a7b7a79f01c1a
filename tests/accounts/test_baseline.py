from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from random_worlds import baselines, random_baseline

import detente as dt
from detente.accounts import Baseline, load, merge_uses, one_use, toy, two_uses
from detente.accounts.identities import IDENTITIES, largest_gaps, violations
from detente.accounts.schema import DIMENSIONS, VARIABLES
from detente.errors import InputError

# -- what holds in every baseline ----------------------------------------------------------------------------------


@given(baselines)
@settings(max_examples=30, deadline=None)
def test_assembled_accounts_add_up(baseline: Baseline) -> None:
    baseline.check(1e-12)
    assert set(largest_gaps(baseline)) == set(IDENTITIES)


@given(baselines)
@settings(max_examples=20, deadline=None)
def test_coarser_uses_keep_the_accounts(baseline: Baseline) -> None:
    for merge, uses in ((two_uses, ("intermediate", "final")), (one_use, ("all",))):
        coarse = merge(baseline)
        coarse.check(1e-12)
        assert coarse.uses == uses
        np.testing.assert_allclose(coarse.trade.sum(axis=3), baseline.trade.sum(axis=3), rtol=1e-12)
        np.testing.assert_allclose(coarse.expenditure.sum(axis=3), baseline.expenditure.sum(axis=3), rtol=1e-12)
        for same in ("output", "value_added", "input_expenditure", "final_expenditure", "deficit", "employment"):
            np.testing.assert_array_equal(coarse.arrays[same], baseline.arrays[same])
        np.testing.assert_allclose(coarse.gdp, baseline.gdp, rtol=1e-12)
    np.testing.assert_allclose(one_use(two_uses(baseline)).trade, one_use(baseline).trade, rtol=1e-12)
    traded = one_use(baseline).trade > 0
    np.testing.assert_allclose(one_use(two_uses(baseline)).tariff[traded], one_use(baseline).tariff[traded], rtol=1e-9)


def test_merged_tariffs_are_weighted_by_border_value() -> None:
    trade = np.ones((2, 2, 1, 2))
    trade[0, 1, 0] = [3.0, 1.0]
    tariff = np.zeros_like(trade)
    tariff[0, 1, 0] = [0.10, 0.50]
    baseline = dt.accounts.assemble(
        trade, regions=["A", "B"], sectors=["g"], tariff=tariff, trade_elasticity=np.array([4.0])
    )
    assert one_use(baseline).tariff[0, 1, 0, 0] == pytest.approx((3 * 0.10 + 1 * 0.50) / 4)
    assert merge_uses(baseline, ["x"], [0, 0]).uses == ("x",)


def test_unweighted_tariff_where_nothing_is_traded() -> None:
    baseline = toy()
    trade, tariff = baseline.trade.copy(), baseline.tariff.copy()
    trade[0, 1, 0], tariff[0, 1, 0] = 0.0, [0.1, 0.2, 0.6]
    assert one_use(baseline.replace(trade=trade, tariff=tariff)).tariff[0, 1, 0, 0] == pytest.approx(0.3)


def test_two_uses_needs_final_demand_apart() -> None:
    with pytest.raises(ValueError, match="cannot be told apart"):
        two_uses(one_use(toy()))


# -- every identity, broken on purpose -----------------------------------------------------------------------------

BREAKS = {
    "output = sales net of duties": ("output", (1, 0), "region BBB, sector goods"),
    "output = value added + inputs": ("value_added", (2, 1), "region CCC, sector services"),
    "expenditure = sum over exporters": (
        "input_expenditure",
        (0, 1, 0),
        "importer AAA, sector services, use goods",
    ),
    "final spending = GDP + deficit": ("final_expenditure", (1, 1), "region BBB"),
    "deficit = imports - exports": ("trade", (2, 0, 0, 2), "region CCC"),
    "deficits sum to zero": ("deficit", (0,), "the world"),
    "shares of cost sum to one": ("input_expenditure", (0, 1, 0), "region AAA, using_sector goods"),
}


@pytest.mark.parametrize("identity", BREAKS)
def test_a_broken_identity_is_named_with_its_cell_and_gap(identity: str) -> None:
    name, cell, where = BREAKS[identity]
    baseline = toy()
    values = baseline.arrays[name].copy()
    values[cell] *= 1.01
    broken = baseline.replace(**{name: values})
    found = {v.identity: v for v in violations(broken, 1e-9) if v.cell == where}
    assert identity in found
    left, right = found[identity].left, found[identity].right
    scale = max(abs(left), abs(right))
    if identity == "deficits sum to zero":
        scale = baseline.border_value.sum()
    if identity == "deficit = imports - exports":
        scale = baseline.border_value[2].sum()
    assert found[identity].gap == pytest.approx(abs(left - right) / scale, rel=1e-2)
    assert 1e-9 < found[identity].gap < 0.02
    with pytest.raises(InputError) as error:
        broken.check()
    assert f"{identity} fails at {where}" in str(error.value)
    assert "relative gap" in str(error.value)
    broken.check(tolerance=0.1)


@pytest.mark.parametrize(
    ("identity", "shares"),
    [
        ("shares of final spending sum to one", "final_share"),
        ("shares of exporters sum to one", "expenditure_share"),
    ],
)
def test_shares_that_do_not_sum_to_one_are_named(identity: str, shares: str) -> None:
    baseline = toy()
    wrong = getattr(baseline, shares).copy()
    wrong.flat[0] += 0.01
    baseline.__dict__[shares] = wrong  # these shares follow from the values, so only a wrong formula breaks them
    (found,) = violations(baseline, 1e-9)
    assert found.identity == identity
    assert found.gap == pytest.approx(0.01, rel=0.05)


def test_every_identity_is_broken_by_some_test() -> None:
    assert {*BREAKS, "shares of final spending sum to one", "shares of exporters sum to one"} == set(IDENTITIES)


def test_the_worst_cells_come_first_and_the_rest_are_counted() -> None:
    baseline = random_baseline(3, 4, 4)
    found = violations(baseline.replace(output=baseline.output * np.linspace(1.0, 1.2, 16).reshape(4, 4)), 1e-9)
    gaps = [v.gap for v in found if v.identity == "output = sales net of duties"]
    assert gaps == sorted(gaps, reverse=True)
    with pytest.raises(InputError, match=r"and \d+ more"):
        baseline.replace(output=baseline.output * 1.2).check()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("trade", -3.0, "trade is not negative fails at importer AAA, exporter AAA, sector goods, use goods: -3"),
        ("value_added", np.nan, "value_added is a finite number fails at region AAA, sector goods"),
        ("employment", np.inf, "employment is a finite number fails at region AAA, sector goods"),
    ],
)
def test_values_that_cannot_be_are_named(name: str, value: float, words: str) -> None:
    values = toy().arrays[name].copy()
    values.flat[0] = value
    with pytest.raises(InputError) as error:
        toy().replace(**{name: values}).check()
    assert words in str(error.value)


def test_unknown_jobs_and_negative_deficits_are_fine() -> None:
    baseline = toy()
    assert (baseline.deficit < 0).any()
    baseline.replace(employment=np.array([[np.nan, 1.0], [2.0, np.nan], [3.0, 4.0]])).check()


def test_gaps_of_empty_cells_are_relative_to_mean_output() -> None:
    baseline = random_baseline(5)
    trade = baseline.trade.copy()
    trade[0, 1, 0, 0] += 1e-9 * 1e-6 * baseline.output.mean() / 10
    baseline.replace(trade=trade).check()


# -- labels, shapes and words --------------------------------------------------------------------------------------


def test_every_variable_is_an_attribute_with_the_shape_of_the_schema() -> None:
    baseline = toy()
    for name, variable in VARIABLES.items():
        assert getattr(baseline, name).shape == tuple(baseline.size(dim) for dim in variable.dims)
    with pytest.raises(AttributeError, match="no attribute 'gross_output'"):
        _ = baseline.gross_output
    assert repr(baseline) == "<Baseline toy: 3 regions, 2 sectors, 3 uses>"


def test_a_baseline_does_not_change() -> None:
    baseline, output = toy(), toy().output.copy()
    with pytest.raises(ValueError, match="read-only"):
        baseline.output[0, 0] = 1.0
    other = baseline.replace(output=output)
    assert output.flags.writeable  # the caller's own array stays as it was
    assert other is not baseline
    assert other.sources == baseline.sources


def test_what_follows_from_the_values() -> None:
    baseline = toy()
    assert baseline.income.sum() == pytest.approx(baseline.gdp.sum())
    np.testing.assert_allclose(baseline.value_added_share + baseline.input_coefficient.sum(axis=1), 1.0)
    np.testing.assert_allclose(baseline.final_share.sum(axis=1), 1.0)
    np.testing.assert_allclose(baseline.expenditure_share.sum(axis=1), 1.0)
    np.testing.assert_allclose(baseline.tariff_revenue, (0.05 * baseline.trade[:, :, 0]).sum(axis=(1, 2)) -
                               np.array([0.05 * baseline.trade[k, k, 0].sum() for k in range(3)]))  # fmt: skip


def test_nothing_produced_is_all_value_added() -> None:
    trade = toy().trade.copy()
    trade[:, 2, 0] = 0.0  # CCC sells no goods
    trade[2, :, :, 0] = 0.0  # and its goods sector buys nothing
    baseline = dt.accounts.assemble(
        trade, regions=["AAA", "BBB", "CCC"], sectors=["goods", "services"], trade_elasticity=np.array([5.0, 3.0])
    )
    assert baseline.value_added_share[2, 0] == 1.0
    assert not baseline.input_coefficient[2, :, 0].any()
    assert not baseline.expenditure_share[2, :, :, 0].any()
    baseline.check()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trade": np.ones((3, 3, 2))}, r"trade has shape \(3, 3, 2\); .* asks for \(3, 3, 2, 3\)"),
        ({"prices": np.ones(3)}, "Unknown baseline variable 'prices'; the variables are trade, tariff"),
    ],
)
def test_wrong_arrays(change: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(InputError, match=words):
        toy().replace(**change)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"buyer_class": [0, 1]}, "buyer_class must give a use class"),
        ({"buyer_class": [0, 0, 1]}, "each at least once"),
        ({"regions": ["AAA", "BBB", "AAA"]}, "region 'AAA' appears more than once"),
        ({"uses": ["goods", "goods", "final"]}, "use 'goods' appears more than once"),
    ],
)
def test_wrong_labels(labels: dict[str, list[object]], words: str) -> None:
    baseline = toy()
    given = {
        "regions": baseline.regions,
        "sectors": baseline.sectors,
        "uses": baseline.uses,
        "buyer_class": baseline.buyer_class,
    }
    with pytest.raises(InputError, match=words):
        Baseline(baseline.arrays, **{**given, **labels})  # type: ignore[arg-type]


def test_missing_variables_take_their_default_or_are_asked_for() -> None:
    baseline = toy()
    labels = {"regions": baseline.regions, "sectors": baseline.sectors, "uses": baseline.uses}
    optional = {name for name, variable in VARIABLES.items() if variable.default is not None}
    shares = {"labour_share", "capital_share", "resource_share", "investment_share", "household_spending"}
    assert optional == {"tariff", "export_tax", "employment", "employment_total"} | shares
    kept = {name: values for name, values in baseline.arrays.items() if name not in optional}
    bare = Baseline(kept, **labels, buyer_class=baseline.buyer_class)
    assert not bare.tariff.any()
    assert np.isnan(bare.employment).all()
    del kept["output"]
    with pytest.raises(InputError, match=r"lacks output \(gross output at basic prices\)"):
        Baseline(kept, **labels, buyer_class=baseline.buyer_class)


def test_unknown_labels_name_the_allowed_ones() -> None:
    with pytest.raises(InputError, match="Unknown region 'USA'; the baseline has AAA, BBB, CCC"):
        toy().index("region", "USA")
    with pytest.raises(InputError, match="Unknown dimension 'country'; the dimensions are region, importer"):
        toy().labels("country")


def test_assemble_asks_for_input_spending_with_coarse_uses() -> None:
    with pytest.raises(ValueError, match="input_expenditure is needed"):
        dt.accounts.assemble(
            np.ones((2, 2, 1, 1)), regions=["A", "B"], sectors=["g"], trade_elasticity=np.ones(1), uses=["all"],
            buyer_class=[0, 0],
        )  # fmt: skip


# -- labelled view and file ----------------------------------------------------------------------------------------


def test_the_dataset_says_what_each_variable_is() -> None:
    dataset = toy().dataset
    for name, variable in VARIABLES.items():
        assert dataset[name].dims == variable.dims
        assert dataset[name].attrs["units"] == variable.units
        assert dataset[name].attrs["long_name"] == variable.description
        assert dataset[name].attrs["source"]
    assert set(DIMENSIONS) <= set(dataset.coords)
    assert dataset.attrs["title"] == "toy"
    assert float(dataset["trade"].sel(importer="AAA", exporter="BBB", sector="goods", use="final")) == pytest.approx(
        toy().trade[0, 1, 0, 2]
    )
    back = Baseline.from_dataset(dataset.transpose(..., "region"))
    assert_same(back, toy())


def assert_same(one: Baseline, two: Baseline) -> None:
    assert (one.regions, one.sectors, one.uses) == (two.regions, two.sectors, two.uses)
    np.testing.assert_array_equal(one.buyer_class, two.buyer_class)
    for name in VARIABLES:
        np.testing.assert_array_equal(one.arrays[name], two.arrays[name])
        assert one.sources.get(name, "not stated") == two.sources.get(name, "not stated")
    assert {k: v for k, v in one.attributes.items() if k != "format"} == two.attributes


@given(baselines)
@settings(max_examples=15, deadline=None)
def test_a_file_gives_back_the_same_bits(tmp_path_factory: pytest.TempPathFactory, baseline: Baseline) -> None:
    path = tmp_path_factory.mktemp("file") / "world.nc"
    for version in (baseline, two_uses(baseline)):
        version.save(path)
        assert_same(Baseline.open(path), version)


def test_any_netcdf_reader_can_open_the_file(tmp_path: Path) -> None:
    import xarray as xr

    toy().save(tmp_path / "toy.nc")
    with xr.open_dataset(tmp_path / "toy.nc", engine="h5netcdf") as dataset:
        assert dataset["trade"].attrs["units"] == "million USD a year"
        assert_same(Baseline.from_dataset(dataset.load()), toy())


def test_files_that_are_not_baselines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no baseline file at"):
        Baseline.open(tmp_path / "absent.nc")
    (tmp_path / "text.nc").write_text("no")
    with pytest.raises(InputError, match="is not a netCDF-4 file"):
        Baseline.open(tmp_path / "text.nc")
    toy().dataset.to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="is a netCDF file but not a baseline"):
        Baseline.open(tmp_path / "other.nc")
    toy().save(tmp_path / "part.nc")
    with h5py.File(tmp_path / "part.nc", "a") as file:
        del file["buyer_class"]
    with pytest.raises(InputError, match="is not a whole baseline: it lacks buyer_class"):
        Baseline.open(tmp_path / "part.nc")


def test_a_file_can_be_replaced_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "world.nc"
    toy().save(path)
    with h5py.File(path, "r"):
        random_baseline(1).save(path)
        assert_same(Baseline.open(path), random_baseline(1))
    assert [file.name for file in tmp_path.iterdir()] == ["world.nc"]


def test_what_a_file_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot write"):
        toy().save(tmp_path / "no" / "such" / "folder.nc")
    baseline = toy()
    baseline.attributes["gaps"] = {"a": 1}
    with pytest.raises(InputError, match="The attribute gaps is a dict"):
        baseline.save(tmp_path / "x.nc")


# -- the library ---------------------------------------------------------------------------------------------------


def test_load_by_name_and_grouping(tmp_path: Path) -> None:
    assert load("toy").uses == ("intermediate", "final")
    assert load("toy", uses="one").uses == ("all",)
    assert load("toy", uses="buyers").uses == ("goods", "services", "final")
    toy().save(tmp_path / "mine.nc")
    assert_same(load(tmp_path / "mine.nc", uses="buyers"), toy())
    with pytest.raises(InputError, match="Unknown baseline 'wrold-2024'; choose world-2024, toy, or the path"):
        load("wrold-2024")
    with pytest.raises(InputError, match="Unknown grouping of uses 'three'; choose one of one, two, buyers"):
        load("toy", uses="three")


def test_toy_adds_up_and_has_deficits_and_tariffs() -> None:
    baseline = toy()
    baseline.check(1e-12)
    assert (np.abs(baseline.deficit) > 1).all()
    assert baseline.tariff[0, 1, 0, 0] == 0.05
    assert not baseline.tariff[0, 0].any()


def test_opening_a_baseline_does_not_import_pandas_or_xarray(tmp_path: Path) -> None:
    import subprocess
    import sys

    toy().save(tmp_path / "toy.nc")
    code = (
        "import sys, detente; world = detente.load(sys.argv[1], uses='two'); world.check(); "
        "sys.exit(bool({'pandas', 'xarray', 'jax'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "toy.nc")], check=False).returncode == 0
