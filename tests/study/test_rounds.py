"""Rounds of a talks file: offers scored as a solve by hand scores them, refused where they do not fit, and printed."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.report.talks_tables import show_offers
from detente.study.counterfactual import Counterfactual
from detente.study.negotiation import study as study_module
from detente.study.negotiation.document import document
from detente.study.negotiation.schema import TalksFile

FLOW = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"]}


def file(**fields) -> TalksFile:
    kind = {**FLOW, "range": [0, 0.5]}
    toy = {"title": "t", "baseline": "toy", "uses": "one", "law": "none", "parties": {"AAA": {}, "BBB": {}}}
    terms = [{"track": "goods", "tariff": kind, "threat": 0.4}]
    return TalksFile.model_validate({**toy, "threats": ["terms"], "terms": terms, **fields})


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Talks without the deal, which no offer waits for."""

    def settle(file, threat, negotiation, fought, *_):
        return study_module.Outcome(threat, negotiation, fought)

    monkeypatch.setattr(study_module, "_settle", settle)


def test_an_offer_is_scored_against_today_and_the_threat_of_the_terms(unsettled, capsys):
    floor = {"floor": {"region": "AAA", "sectors": ["goods"], "change": 0.5}}
    asked = file(
        rounds=[{"side": "BBB", "values": [0.1], "note": "n"}, {"side": "AAA", "values": [None]}], clauses=[floor]
    )
    study = study_module.run_talks(asked)
    economy = Counterfactual.of(asked).economy()
    today = economy.status_quo()
    cell = {"importer": "AAA", "exporter": "BBB", "sector": "goods"}
    welfare = [economy.levels(today.set(**cell, rate=rate))[0].welfare[:2] for rate in (0.1, 0.4)]
    at_today = economy.levels(today)[0].welfare[:2]
    [outcome] = study.outcomes
    np.testing.assert_allclose(outcome.offers[0].vs_today_pct, 100 * (welfare[0] / at_today - 1), atol=1e-8)
    np.testing.assert_allclose(outcome.offers[0].vs_threat_pct, 100 * (welfare[0] / welfare[1] - 1), atol=1e-8)
    np.testing.assert_allclose(outcome.offers[1].vs_today_pct, 0, atol=1e-12)
    first = document(study)["rounds"][0]
    assert (first["side"], first["values"], first["note"], first["clauses"][0]["holds"]) == ("BBB", [0.1], "n", False)
    show_offers(study, outcome)
    assert "OFFERS MADE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "said"), [([0.1, 0.2], "one value for each of the 1 terms"), ([0.9], "outside what is on the table")]
)
def test_an_offer_that_does_not_fit_is_refused(values: list[float], said: str, unsettled):
    with pytest.raises(InputError, match=said):
        study_module.run_talks(file(rounds=[{"side": "AAA", "values": values}]))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rounds": [{"side": "CCC", "values": [0.1]}]}, "CCC is not a party"),
        ({"threats": ["status_quo"]}, "go together"),
        ({"terms": [{"track": "goods", "tariff": {**FLOW, "range": [0, 0.5]}}]}, "go together"),
    ],
)
def test_rounds_and_threats_of_terms_are_checked_when_they_are_read(fields: dict, said: str):
    with pytest.raises(ValueError, match=said):
        file(**fields)
