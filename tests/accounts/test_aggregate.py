from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import baselines, random_baseline

from detente.accounts import Baseline, one_use, toy, two_uses
from detente.accounts.aggregate import aggregate, read_mapping, select
from detente.accounts.schema import VARIABLES
from detente.errors import InputError


@st.composite
def mappings(draw: st.DrawFn) -> tuple[Baseline, dict[str, str], dict[str, str]]:
    baseline = draw(baselines)
    groups = st.sampled_from(["X", "Y", "Z"])
    return (
        baseline,
        {label: draw(groups) for label in baseline.regions},
        {label: draw(groups) for label in baseline.sectors},
    )


@given(mappings())
@settings(max_examples=30, deadline=None)
def test_joined_accounts_add_up_and_keep_every_total(case: tuple[Baseline, dict[str, str], dict[str, str]]) -> None:
    full, regions, sectors = case
    for baseline in (full, two_uses(full), one_use(full)):
        joined = aggregate(baseline, regions=regions, sectors=sectors)
        joined.check(1e-11)
        for name in ("trade", "output", "value_added", "input_expenditure", "final_expenditure"):
            assert joined.arrays[name].sum() == pytest.approx(baseline.arrays[name].sum(), rel=1e-12)
        for k, group in enumerate(joined.regions):
            members = [regions[region] == group for region in baseline.regions]
            assert joined.gdp[k] == pytest.approx(baseline.gdp[members].sum(), rel=1e-12)
            assert joined.deficit[k] == pytest.approx(baseline.deficit[members].sum(), abs=1e-9 * joined.gdp.sum())
            assert joined.tariff_revenue[k] == pytest.approx(baseline.tariff_revenue[members].sum(), rel=1e-9)


@given(mappings())
@settings(max_examples=20, deadline=None)
def test_joining_in_two_steps_is_joining_at_once(case: tuple[Baseline, dict[str, str], dict[str, str]]) -> None:
    baseline, regions, sectors = case
    at_once = aggregate(baseline, regions=regions, sectors=sectors)
    in_steps = aggregate(aggregate(baseline, sectors=sectors), regions=regions)
    assert (in_steps.regions, in_steps.sectors, in_steps.uses) == (at_once.regions, at_once.sectors, at_once.uses)
    for name in ("output", "value_added", "input_expenditure", "final_expenditure", "deficit", "export_tax"):
        np.testing.assert_allclose(in_steps.arrays[name], at_once.arrays[name], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(in_steps.expenditure.sum(axis=1), at_once.expenditure.sum(axis=1), rtol=1e-9)


def test_an_empty_mapping_changes_nothing() -> None:
    baseline = random_baseline(8)
    same = aggregate(baseline)
    assert (same.regions, same.sectors, same.uses) == (baseline.regions, baseline.sectors, baseline.uses)
    for name in VARIABLES:
        np.testing.assert_allclose(same.arrays[name], baseline.arrays[name], rtol=1e-12)


def test_the_same_as_adding_up_by_hand() -> None:
    baseline = random_baseline(11, regions=3, sectors=3)
    joined = aggregate(baseline, regions={"R00": "NA", "R01": "NA"}, sectors={"s1": "metals", "s2": "metals"})
    assert joined.regions == ("NA", "R02")
    assert joined.sectors == ("s0", "metals")
    assert joined.uses == ("s0", "metals", "final")
    b = baseline
    by_hand = b.border_value[:2, 2, 1:, 0].sum()
    assert joined.border_value[0, 1, 1, 0] == pytest.approx(by_hand)
    duties = (b.border_value * b.tariff)[:2, 2, 1:, 0].sum()
    assert joined.tariff[0, 1, 1, 0] == pytest.approx(duties / by_hand)
    taxes = (b.trade * b.export_tax[..., None])[:2, 2, 1:].sum()
    assert joined.export_tax[0, 1, 1] == pytest.approx(taxes / b.trade[:2, 2, 1:].sum())
    assert joined.input_expenditure[0, 1, 0] == pytest.approx(b.input_expenditure[:2, 1:, 0].sum())
    crossing = [sum(b.border_value[n, i, j].sum() for n in range(3) for i in range(3) if n != i) for j in (1, 2)]
    assert joined.trade_elasticity[1] == pytest.approx(np.average(b.trade_elasticity[1:], weights=crossing))
    assert joined.trade_elasticity[0] == b.trade_elasticity[0]
    assert "added up from 3 regions and 3 sectors" in joined.sources["trade"]


def test_use_classes_follow_their_sectors() -> None:
    baseline = random_baseline(2, sectors=3)
    two = aggregate(two_uses(baseline), sectors={"s0": "x", "s1": "x"})
    assert two.uses == ("intermediate", "final")
    assert list(two.buyer_class) == [0, 0, 1]
    one = aggregate(one_use(baseline), sectors={"*": "all"})
    assert one.uses == ("all",)
    renamed = aggregate(baseline, sectors={"s0": "steel"})
    assert renamed.uses == ("steel", "s1", "s2", "final")
    from detente.accounts import merge_uses

    mixed = merge_uses(baseline, ["light", "heavy", "final"], [0, 1, 1, 2])
    joined = aggregate(mixed, sectors={"s0": "x", "s1": "x"})  # x buys in both classes, so they become one
    assert joined.uses == ("light+heavy", "final")
    assert list(joined.buyer_class) == [0, 0, 1]
    joined.check(1e-11)
    apart = aggregate(mixed, sectors={"s1": "x", "s2": "x"})
    assert apart.uses == ("light", "heavy", "final") or apart.uses == ("light", "x", "final")
    apart.check(1e-11)


def test_a_sector_may_not_take_the_name_of_a_use_class() -> None:
    with pytest.raises(InputError, match="use 'final' appears more than once"):
        aggregate(toy(), sectors={"goods": "final"})


def test_jobs_of_a_group_are_known_when_those_of_its_producers_are() -> None:
    baseline = toy()
    jobs = np.array([[1.0, 2.0], [np.nan, 4.0], [5.0, np.nan]])
    join = {"AAA": "X", "BBB": "X"}
    joined = aggregate(baseline.replace(employment=jobs), regions=join)
    np.testing.assert_array_equal(joined.employment, [[np.nan, 6.0], [5.0, np.nan]])
    output = baseline.output.copy()
    output[1, 0] = 0.0  # a member that produces nothing has no jobs to know
    joined = aggregate(baseline.replace(employment=jobs, output=output), regions=join)
    np.testing.assert_array_equal(joined.employment, [[1.0, 6.0], [5.0, np.nan]])
    unknown = aggregate(baseline.replace(employment=np.full((3, 2), np.nan), output=output), regions={"*": "W"})
    assert np.isnan(unknown.employment).all()


def test_duties_inside_a_group_stay() -> None:
    baseline = toy()
    joined = aggregate(baseline, regions={"BBB": "EU", "CCC": "EU"})
    assert joined.regions == ("AAA", "EU")
    inside = joined.tariff[1, 1, 0, 0]
    trade = baseline.border_value[1:, 1:, 0, 0]
    assert inside == pytest.approx(0.05 * (trade[0, 1] + trade[1, 0]) / trade.sum())


def test_the_rest_of_the_world_in_one_entry() -> None:
    joined = aggregate(toy(), regions={"BBB": "BBB", "*": "ROW"})
    assert joined.regions == ("ROW", "BBB")
    joined.check()


def test_labels_that_do_not_exist() -> None:
    with pytest.raises(InputError, match="The mapping names the region 'USA'; the baseline has AAA, BBB, CCC"):
        aggregate(toy(), regions={"USA": "X"})
    with pytest.raises(InputError, match="The mapping names the sector 'steel'; the baseline has goods, services"):
        aggregate(toy(), sectors={"steel": "X"})


def test_select_is_a_labelled_view() -> None:
    part = select(toy(), regions=["CCC", "AAA"], sectors=["goods"])
    assert list(part["importer"].values) == ["CCC", "AAA"]
    assert part["trade"].dims == ("importer", "exporter", "sector", "use")
    assert float(part["output"].sel(region="AAA", sector="goods")) == pytest.approx(toy().output[0, 0])
    assert part["output"].attrs["units"] == "million USD a year"
    assert dict(select(toy()).sizes)["region"] == 3
    with pytest.raises(InputError, match="Unknown region 'USA'"):
        select(toy(), regions=["USA"])


def test_mapping_files(tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_text("\ufeffold, new, note\nAAA, North ,x\n*,ROW,\nAAA,North,again\n", encoding="utf-8")
    assert read_mapping(file) == {"AAA": "North", "*": "ROW"}
    for text, words in (
        ("from,to\nA,B\n", "has no column 'old'; it has from, to"),
        ("", "it has nothing"),
        ("old,new\nA,\n", "line 2: both old and new must be given"),
        ("old,new\nA,X\nA,Y\n", "line 3: A already goes to X, not to Y"),
    ):
        file.write_text(text)
        with pytest.raises(InputError, match=words):
            read_mapping(file)
    with pytest.raises(InputError, match="There is no file"):
        read_mapping(tmp_path / "absent.csv")
