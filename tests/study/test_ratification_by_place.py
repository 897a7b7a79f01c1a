"""Ratification by states and provinces: the clause sees what `detente run` says of places."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from detente.economy import calibrate
from detente.errors import InputError
from detente.study.negotiation.ratification_document import standing_document
from detente.study.negotiation.schema import TalksFile
from detente.study.negotiation.table import clauses_of
from detente.study.outcomes.places import change_by_place
from detente.talks.clauses import changes, compile_clauses
from detente.talks.ratification import Standing

COUNTRIES = {"USA": "states", "CAN": "provinces"}


def rules(*clauses: dict) -> TalksFile:
    term = {"track": "t", "tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["steel"], "range": [0, 0.5]}}
    return TalksFile.model_validate(
        {
            "title": "t",
            "law": "none",
            "parties": {"USA": {}, "CAN": {}},
            "terms": [term],
            "clauses": [{"ratification": {"threshold": 0.5, **clause}} for clause in clauses],
        }
    )


@pytest.fixture(scope="module")
def economy():
    import detente as dt

    return calibrate(dt.load("world-2024", uses="two"), horizon="medium")


@pytest.fixture(scope="module")
def policy(economy):
    """25 percent more on everything Canadian in the United States, 10 the other way."""
    today = economy.status_quo()
    n, i = economy.regions.index("USA"), economy.regions.index("CAN")
    return today._replace(tariff=today.tariff.at[n, i].add(0.25).at[i, n].add(0.1))


@pytest.fixture(scope="module")
def equilibria(economy, policy):
    """Before and after, as the talks see them."""
    solve = jax.jit(economy.equilibrium)
    return solve(economy.status_quo()), solve(policy)


@pytest.fixture(scope="module")
def places(economy, policy):
    """Before and after, as `detente run` shows them."""
    return change_by_place(economy.solve(policy))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "attribute"),
    [("income", "real_income_pct"), ("jobs", "jobs_pct"), ("pay", "real_earnings_pct")],
)
@pytest.mark.parametrize("country", COUNTRIES)
def test_the_clause_is_the_change_by_place(economy, equilibria, places, country, measure, attribute):
    file = rules({"region": country, "by": COUNTRIES[country], "measure": measure})
    [clause] = clauses_of(file, economy)
    before, after = equilibria
    arrays = compile_clauses(economy, [clause], {"threat": before, "today": before})
    found = 100 * np.asarray(changes(arrays, after))[0]
    expected = getattr(places, attribute)[places.places.inside(country)]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
    assert list(clause.constituencies) == [
        name for name, at in zip(places.places.names, places.places.country, strict=True) if at == country
    ]


def test_votes_are_workers_or_one_each(economy):
    by_workers, equal = clauses_of(
        rules(
            {"region": "CAN", "by": "provinces"},
            {"region": "CAN", "by": "provinces", "votes": "equal"},
        ),
        economy,
    )
    ontario = by_workers.constituencies.index("Ontario")
    assert 0.3 < by_workers.votes[ontario] < 0.45
    np.testing.assert_allclose(equal.votes, 1 / 13)


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ({"region": "USA", "by": "provinces"}, "USA has states, not provinces"),
        ({"region": "DEU", "by": "places"}, "CAN and USA only"),
    ],
)
def test_places_that_a_country_does_not_have_are_refused(economy, clause, words):
    with pytest.raises(InputError, match=words):
        clauses_of(rules(clause), economy)


def test_the_document_lists_the_cheapest_votes_first_with_what_each_worker_gets(economy):
    [clause] = clauses_of(rules({"region": "CAN", "by": "provinces"}), economy)
    change, loss, paid = np.full(13, 0.01), np.zeros(13), np.zeros(13, dtype=bool)
    ontario, island = (clause.constituencies.index(name) for name in ("Ontario", "Prince Edward Island"))
    change[[ontario, island]], loss[[ontario, island]], paid[ontario] = -0.01, [700.0, 90.0], True
    found = standing_document(Standing(clause, change, loss, 1000.0, paid))
    assert [row["name"] for row in found["against"]] == ["Ontario", "Prince Edward Island"]
    assert found["compensation"]["cost_musd"] == 700 and found["compensation"]["share_of_gain"] == 0.7
    assert found["compensation"]["left_of_gain_musd"] == 300 and found["compensation"]["covered_by_gain"]
    assert found["compensation"]["cost_of_making_all_whole_musd"] == 790
    [payment] = found["compensation"]["payments"]
    workers = economy.baseline.employment[economy.regions.index("CAN")].sum() * clause.votes[ontario]  # thousand
    assert payment["to"] == "Ontario" and payment["usd_per_worker"] == pytest.approx(1000 * 700 / workers, rel=1e-5)
