"""Average rates on actual trade: published checks, bounds, third countries, series."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.accounts.customs_unions import members
from detente.errors import InputError
from detente.law import Ledger, added_since_2024, applied, pair_rates, series, statutory
from detente.law.applied import steps
from detente.law.assumptions import Assumptions
from detente.law.collected import beside
from detente.law.engine import resolve
from detente.law.ledger import BASELINE_DAY, COVERAGE
from detente.law.market import canada_imports, origins, regions, sectors, us_imports, us_imports_of
from detente.law.measure import Products
from detente.law.treatment import alike


def _lists_taken_flat() -> Assumptions:
    """Assumptions of the published averages: every listed part is a vehicle part, every listed aircraft line exempt."""
    register = Assumptions.default()
    flat = {"low": 1.0, "central": 1.0, "high": 1.0}
    facts = tuple(
        f.model_copy(update=flat) if f.fact in ("vehicle_part", "civil_aircraft") else f for f in register.facts
    )
    return register.model_copy(update={"facts": facts})


def test_section_338_baskets_reproduce_the_published_averages() -> None:
    # trade-war-redux-2025 README, phase 3: +2.49 points before carve-outs, +1.85 after, on 2024 imports from Canada.
    market = us_imports("CAN", Ledger.default().lists)
    listed = market.lines.goods.members(Products(lists=("338",)), date(2026, 8, 22))
    assert 50 * market.value[listed].sum() / market.value.sum() == pytest.approx(2.49, abs=0.01)
    after = pair_rates("USA", "CAN", "2026-08-22", assumptions=_lists_taken_flat())
    before = pair_rates("USA", "CAN", "2026-08-21", assumptions=_lists_taken_flat())
    assert after.by_authority["Section 338"] == pytest.approx(1.85, abs=0.01)
    assert after.average[1] - before.average[1] == pytest.approx(1.85, abs=0.01)


@pytest.mark.sources
def test_weights_are_the_census_totals(sources: Path) -> None:
    rows = pd.read_csv(sources / "policy" / "us_imports_2024_hts10_canada.csv.gz")
    total = us_imports("CAN", Ledger.default().lists).value.sum()
    assert total == pytest.approx(rows["imports_usd_2024"].sum() / 1e6, rel=1e-5)
    assert total == pytest.approx(411_690, rel=1e-4)


def test_canadian_lists_reach_the_published_trade() -> None:
    # Orders' own 2024 values, billion CAD: 30.0, 12.6, 3.0, 14.2; weights here are 2021, and HS6 is split evenly.
    market = canada_imports("USA", Ledger.default().lists)
    for name, published in (
        ("CA-2025-03-04-surtax1", 30.0),
        ("CA-2025-03-13-steel", 12.6),
        ("CA-2025-03-13-aluminum", 3.0),
        ("CA-2025-03-13-other", 14.2),
    ):
        listed = market.lines.goods.members(Products(lists=(name,)), date(2025, 4, 1))
        assert 0.65 * published < market.value[listed].sum() * 1.2535 / 1000 < 1.1 * published


def test_object_is_labelled_ordered_and_zero_where_nothing_is_charged() -> None:
    rates = applied("2026-09-30")
    assert rates.dims == ("bound", "importer", "exporter", "sector")
    assert rates.shape == (3, 31, 31, 43) and "fraction" in rates.attrs["units"]
    low, central, high = (rates.sel(bound=bound).values for bound in ("low", "central", "high"))
    assert (low <= central + 1e-12).all() and (central <= high + 1e-12).all() and (low >= 0).all()
    assert np.count_nonzero(rates.sel(importer="MEX")) == 0
    assert rates.sel(bound="central", importer="USA", exporter="CAN", sector="steel").item() > 0.3
    assert not np.isnan(rates).any()


def test_a_sector_of_one_rate_is_that_rate() -> None:
    # Electricity 2716.00 is one product: 10 percent as energy, 25 if it is not energy, nothing under Section 122.
    energy = pair_rates("USA", "CAN", "2025-03-05").rate[:, sectors().index("electricity")]
    assert energy == pytest.approx([10, 10, 25])
    assert pair_rates("USA", "CAN", "2026-03-05").rate[:, sectors().index("electricity")] == pytest.approx([0, 0, 0])
    assert pair_rates("USA", "CAN", "2025-02-05").average[1] == pytest.approx(
        pair_rates("USA", "CAN", "2025-02-05").by_measure["US-ADCVD-LUMBER-AR5"]
    )


@pytest.mark.parametrize(
    "code",
    ["7208510060", "4407110001", "8703230160", "2709002010", "8429521020", "3104200010", "8708405000", "8537109160"],
)
@pytest.mark.parametrize("day", ["2025-03-05", "2025-06-10", "2026-03-01", "2026-09-30"])
def test_the_average_of_one_product_is_the_mixture_of_its_statutory_duties(code: str, day: str) -> None:
    # The engine averages over flags in one pass; here the same average is taken over consignments, one by one.
    from detente.law.assumptions import cases, facts_of_trade
    from detente.law.engine import resolve

    ledger, when = Ledger.default(), date.fromisoformat(day)
    market = us_imports("CAN", ledger.lists)
    position = list(market.lines.goods.codes).index(code)
    facts = facts_of_trade(ledger, "USA", "CAN", when, market, "central", Assumptions.default())
    average = 0.0
    for weight, case in cases(facts):
        layers = resolve(ledger, "USA", "CAN", when, market.lines.goods, case)
        added = sum(layer.added for layer in layers if layer.measure.kind != "ban")
        average += float(np.broadcast_to(weight * added, len(market.value))[position])
    held = {name: float(np.broadcast_to(value, len(market.value))[position]) for name, value in facts.items()}
    shares = {name: value for name, value in held.items() if name.endswith("_content") or name == "metal_weight_share"}
    flags = {name: value for name, value in held.items() if name in ("usmca", "vehicle_part", "content_approved")}
    mixture = 0.0
    for corner in range(2 ** len(flags)):
        chosen = {name: bool(corner >> bit & 1) for bit, name in enumerate(flags)}
        chance = np.prod([flags[name] if on else 1 - flags[name] for name, on in chosen.items()])
        if chance:
            claim = "usmca" if chosen.pop("usmca") else None
            known = {**chosen, **shares}
            mixture += chance * (statutory(code, "CAN", "USA", day, known, claim=claim).added_pct or 0.0)
    assert average == pytest.approx(mixture, abs=1e-9)


@pytest.mark.parametrize(
    ("exporter", "day", "rates"),
    [
        ("CHE", "2025-10-15", {"dairy": 39, "food": 39, "textiles": 39}),
        ("IND", "2025-10-15", {"textiles": 50, "food": 50}),
        ("VNM", "2025-10-15", {"textiles": 20, "food": 20}),
        ("RUS", "2025-10-15", {"textiles": 0}),
    ],
)
def test_third_countries_pay_what_the_law_holds(exporter: str, day: str, rates: dict[str, float]) -> None:
    found = pair_rates("USA", exporter, day).rate[1]
    for sector, rate in rates.items():
        assert found[sectors().index(sector)] == pytest.approx(rate, abs=0.35), sector


def _days() -> list[date]:
    """Every day on which US law on anybody changes, 2018 to 2026, or claims of a month do: rates are constant in between."""
    exporters = [region for region in regions() if region != "USA"]
    days = {day for exporter in exporters for day in steps(Ledger.default(), "USA", exporter)}
    return sorted(day for day in days if COVERAGE[0] <= day <= COVERAGE[1])


def _highest(ledger: Ledger, day: date, origin: str) -> np.ndarray:
    """The highest consignment in each sector: every product of an origin under the least favourable facts."""
    from detente.law.assumptions import SHARED

    found = np.zeros(len(sectors()) + 1)
    market = us_imports_of((origin,), ledger.lists)
    for facts in _corner_facts(ledger, SHARED):
        layers = resolve(ledger, "USA", origin, day, market.lines.goods, facts)
        added = sum((one.added for one in layers if one.measure.kind != "ban"), np.zeros(len(market.value)))
        np.maximum.at(found, market.lines.sector, added)
    return found[:-1]


def _no_sector_above(day: date) -> None:
    ledger = Ledger.default()
    like = alike(ledger, "USA", day, Assumptions.default())
    highest = {first: _highest(ledger, day, first) for first in set(like.values())}
    for exporter in regions():
        if exporter != "USA":
            most = np.max([highest[like[origin]] for origin in origins("USA", exporter)], axis=0)
            rate = np.nan_to_num(pair_rates("USA", exporter, day).rate)
            assert (rate <= most + 1e-9).all(), exporter


@pytest.mark.slow
@pytest.mark.parametrize("day", _days()[::8], ids=str)
def test_no_sector_pays_more_than_the_highest_consignment_in_it(day: date) -> None:
    _no_sector_above(day)


@pytest.mark.whole
@pytest.mark.timeout(7200)
def test_on_no_day_does_a_sector_pay_more_than_the_highest_consignment_in_it() -> None:
    """Every one of the days on which the law changes (docs/law.md records the last run)."""
    for day in _days():
        _no_sector_above(day)


def _corner_facts(ledger: Ledger, shared: tuple[str, ...]) -> list[dict[str, float]]:
    """Corners of the facts and open questions that let other measures in: flags, and metal content all or nothing."""
    from detente.law.engine import questions

    corners: list[dict[str, float]] = []
    for flag in (0.0, 1.0):
        for content in (0.0, 1.0):
            metals = {f"{metal}_content": content for metal in ("steel", "aluminum", "copper")}
            common = dict.fromkeys(("over_quota", "thermal_imaging", "annex_iii_company", "china_melted"), 1.0)
            corners += [
                {**dict.fromkeys(shared, flag), **metals, **common, **dict.fromkeys(questions(ledger), answer)}
                for answer in (0.0, 1.0)
            ]
    return corners


def test_what_changed_since_2024_leaves_out_what_2024_already_paid() -> None:
    assert float(abs(added_since_2024(BASELINE_DAY)).max()) == 0
    then, now = (
        applied(day).sel(bound="central", importer="USA", exporter="CHN") for day in (BASELINE_DAY, "2025-02-10")
    )
    change = added_since_2024("2025-02-10").sel(bound="central", importer="USA", exporter="CHN")
    assert float(then.sel(sector="machinery")) > 0.15  # sections 301 and 232 of 2018
    np.testing.assert_allclose(change, now - then)
    assert float(change.sel(sector="machinery")) == pytest.approx(0.10, abs=2e-3)


def test_the_whole_world_is_told_apart() -> None:
    # The rest of the world is no country: Myanmar pays 40, Kenya 10, Russia's neighbours column 2.
    textiles = sectors().index("textiles")
    rate = pair_rates("USA", "ROW", "2025-10-15").rate[1, textiles]
    assert 15 < rate < 25


def test_a_ban_is_a_quantity_and_not_a_rate() -> None:
    pair = pair_rates("USA", "CAN", "2026-09-30")
    beverages = sectors().index("beverages")
    assert pair.prohibited[beverages] > 0.3
    assert pair.rate[1, beverages] < pair_rates("USA", "CAN", "2026-09-28").rate[1, beverages]


def test_quotas_enter_the_central_average_by_the_trade_above_them() -> None:
    steel = sectors().index("steel")
    first = pair_rates("CAN", "TUR", "2025-07-01").rate[1, steel]
    third = pair_rates("CAN", "TUR", "2026-01-15").rate[1, steel]
    assert first == 0 and 0.7 * 40 < third <= 40  # quota of all, then of 20 percent of 2024: 50 x 0.8 on quota steel


def test_every_jump_is_named_and_every_measure_date_is_a_step() -> None:
    for importer, exporter in (("USA", "CAN"), ("CAN", "USA"), ("USA", "MEX")):
        course = series(importer, exporter)
        assert course.steps[0].begins == date(2025, 1, 1) and course.steps[-1].until == date(2026, 10, 6)
        assert all(
            b.begins == a.until + timedelta(days=1) for a, b in zip(course.steps, course.steps[1:], strict=False)
        )
        named = {jump.day for jump in course.jumps}
        for before, after in zip(course.steps, course.steps[1:], strict=False):
            if abs(after.rates.average[1] - before.rates.average[1]) > 0.05:
                assert after.begins in named
        for jump in course.jumps:
            known = {m.id for m in Ledger.default().measures}
            assert jump.cause and set(jump.by_measure) <= known
            assert jump.begins or jump.ends or "USMCA claims" in jump.cause
            assert sum(jump.by_measure.values()) == pytest.approx(jump.change, abs=0.05)


def test_between_two_steps_nothing_moves() -> None:
    # Two days of one step, asked for themselves, give the rates of the step.
    course = series("USA", "CAN", "2025-08-10", "2025-08-20")
    for step in course.steps:
        again = pair_rates("USA", "CAN", step.until)
        assert np.array_equal(again.rate, step.rates.rate, equal_nan=True)


def test_claims_move_with_the_months_and_say_how_they_are_known() -> None:
    notes = {
        day: " ".join(pair_rates("USA", "CAN", day).notes)
        for day in ("2025-03-10", "2025-05-10", "2025-09-10", "2026-05-10")
    }
    assert "imputed" in notes["2025-05-10"] and "scaled to March" in notes["2025-03-10"]
    assert "USMCA claims" not in notes["2025-09-10"] and "mean of the last six months" in notes["2026-05-10"]


def test_without_antidumping() -> None:
    with_it, without = (pair_rates("USA", "CAN", "2026-01-15", without=w) for w in ((), ("adcvd",)))
    assert "AD/CVD" in with_it.by_authority and "AD/CVD" not in without.by_authority
    assert with_it.average[1] > without.average[1]


def test_past_coverage_and_bad_regions() -> None:
    assert any("past the last day" in note for note in pair_rates("USA", "CAN", "2026-12-01").notes)
    with pytest.raises(InputError, match="not a region"):
        pair_rates("USA", "XXX", "2026-09-30")
    with pytest.raises(InputError, match="before the ledger begins"):
        applied("2017-06-01")
    with pytest.raises(InputError, match="not an authority"):
        pair_rates("USA", "CAN", "2026-09-30", without=["section 999"])
    with pytest.raises(InputError, match="before it begins"):
        series("USA", "CAN", "2026-01-01", "2025-01-01")


def test_leaving_an_authority_out_leaves_it_out_for_third_countries_too():
    whole, rest = (
        applied("2026-09-30", without=names).sel(bound="central", importer="USA") for names in ((), ("Section 232",))
    )
    gone = (whole - rest).sel(sector="steel")
    assert float(gone.sel(exporter="DEU")) > 0.1
    neither = applied("2026-09-30", without=("Section 232", "Section 301", "Section 201")).sel(importer="USA")
    assert float(neither.sel(exporter="DEU").max()) < 1e-12


@pytest.mark.parametrize("pair", [("USA", "CAN"), ("CAN", "USA"), ("USA", "CHN")])
def test_layers_of_a_sector_add_up_to_its_rate(pair):
    found = pair_rates(*pair, "2026-10-06")
    total = sum(found.layers.values())
    np.testing.assert_allclose(total, np.nan_to_num(found.rate[1]), atol=1e-9)
    known = np.isfinite(found.exposed)
    assert (found.exposed[known] <= 1 + 1e-12).all()
    np.testing.assert_array_equal(found.exposed[known] > 0, total[known] > 0)


def test_a_customs_union_exports_as_its_members_together() -> None:
    union = pair_rates("USA", "EU", "2026-09-30")
    parts = [pair_rates("USA", member, "2026-09-30") for member in members("EU", regions())]
    imports = np.array([part.imports for part in parts])
    due = sum(np.nan_to_num(part.rate) * part.imports for part in parts)
    assert np.allclose(np.nan_to_num(union.rate) * union.imports, due)
    assert np.allclose(union.average, sum(part.average * part.imports.sum() for part in parts) / imports.sum())
    assert sum(union.by_measure.values()) == pytest.approx(union.average[1], abs=1e-6)
    assert sum(union.by_authority.values()) == pytest.approx(union.average[1], abs=1e-6)
    low, central, high = beside(union).averages["collected"] or []
    paid = [beside(part).averages["collected"][1] for part in parts]
    assert low <= central <= high and central == pytest.approx(np.average(paid, weights=imports.sum(axis=1)))
    with pytest.raises(InputError, match="an exporter may be EU"):
        pair_rates("EU", "USA", "2026-09-30")


def test_usmca_claims_explain_no_jump_of_who_has_none_to_make() -> None:
    causes = [jump.cause for jump in series("USA", "EU", "2025-07-30", "2025-08-10").jumps]
    assert causes == ["begins: US-232-COPPER-50", "rates changed: US-IEEPA-RECIP"]
