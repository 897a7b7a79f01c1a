"""The JSON API of a running server: what it answers, what it refuses, what it never says."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from serving import table_of, tariff_term

from detente.study import DRAWS

pytestmark = pytest.mark.slow  # the server compiles the model first

STEEL = {"tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["steel"], "rate": 0.0}}
TERM, MIRROR = tariff_term("USA", "CAN", ["steel"]), tariff_term("CAN", "USA", ["steel"])


def test_health_says_ready_and_carries_no_data(api: httpx.Client):
    assert api.get("/health").json() == {"status": "ready", "version": "0.1.0", "database": "writable"}


def test_the_law_of_a_day_adds_up(api: httpx.Client):
    day = api.get("/api/law/day", params={"importer": "USA", "exporter": "CAN", "on": "2026-10-06"}).json()
    low, central, high = day["average_pct"]
    assert low <= central <= high
    assert sum(day["by_authority_pct"].values()) == pytest.approx(central, rel=1e-4)
    assert sum(m["points"] for m in day["by_measure"]) == pytest.approx(central, rel=1e-4)
    goods = sum(row["imports_musd"] * row["rate_pct"][1] for row in day["sectors"]) / day["imports_musd"]
    # the average also counts chapters 98 and 99 (a twentieth of imports, no added duty), which have no sector
    assert central <= goods <= 1.08 * central
    assert day["since"]["on"] == "2025-01-01"


def test_the_history_ends_where_the_day_is(api: httpx.Client):
    history = api.get("/api/law/history").json()
    day = api.get("/api/law/day").json()
    assert history["steps"][-1]["average_pct"] == pytest.approx(day["average_pct"], rel=1e-4)
    assert history["steps"][0]["from"] == "2025-01-01"
    assert all(a["until"] < b["from"] for a, b in zip(history["steps"], history["steps"][1:], strict=False))


def test_a_sector_shows_layers_applied_and_refused_with_reasons(api: httpx.Client):
    found = api.get("/api/law/sector", params={"sector": "steel", "on": "2026-10-06"}).json()
    duty = found["products"][0]["duty"]
    assert duty["applied"][0]["authority"] == "Section 232"
    assert all(layer["reason"] and layer["source"] for layer in duty["applied"] + duty["refused"])
    assert duty["refused"]


def test_what_if_is_what_the_library_says(api: httpx.Client):
    from detente.study.run import run
    from detente.study.scenario import Scenario

    scenario = Scenario.model_validate({"title": "x", "law": "none", "changes": [STEEL]})
    expected = run(scenario).result
    found = api.post("/api/whatif", json={"law": "none", "changes": [STEEL]}).json()
    for code in ("USA", "CAN", "MEX", "CHN"):
        assert found["regions"][code]["welfare_pct"] == pytest.approx(
            float(expected.welfare.sel(region=code)), rel=1e-3, abs=1e-8
        )
    output = found["sectors"]["CAN"]["output_pct"]
    assert output == pytest.approx(list(expected.output.sel(region="CAN").values), rel=1e-3, abs=1e-6)
    assert found["diagnostics"]["residual"] < 1e-10


def test_no_change_against_the_law_changes_nothing(api: httpx.Client):
    found = api.post("/api/whatif", json={"against": "law"}).json()
    assert max(abs(region["welfare_pct"]) for region in found["regions"].values()) < 1e-7
    assert max(abs(v) for v in found["places"]["income_pct"]) < 1e-6


def test_dropping_a_measure_lowers_the_rate_it_sets(api: httpx.Client):
    before = api.post("/api/whatif", json={}).json()["rates"]["USA<CAN"]["steel"]
    change = {"measure": "US-232-ANNEX-IA", "action": "drop"}
    after = api.post("/api/whatif", json={"changes": [change]}).json()["rates"]["USA<CAN"]["steel"]
    assert after < before - 5


def test_jobs_by_place_sum_to_the_nation(api: httpx.Client):
    found = api.post("/api/whatif", json={"changes": [STEEL]}).json()
    places = api.get("/api/vocabulary").json()["places"]
    for country in ("USA", "CAN"):
        here = sum(v for v, p in zip(found["places"]["jobs_k"], places, strict=True) if p["country"] == country)
        assert here == pytest.approx(sum(found["sectors"][country]["jobs_k"]), abs=0.05)


def test_a_range_holds_draws_in_order_and_says_how_many(api: httpx.Client):
    found = api.post("/api/whatif/range", json={"changes": [STEEL], "against": "law"}).json()
    assert 8 <= found["draws"] <= 16
    assert all(low <= high for low, high in found["welfare_pct"].values())
    low, high = found["sectors"]["CAN"]["output_pct"]
    assert high[15] > low[15] > 0  # Canadian steel gains in every draw when its duty goes


def test_the_scenario_file_gives_the_same_scenario_to_the_command(api: httpx.Client, tmp_path):
    from detente.study.scenario import Scenario

    question = {"title": "Acier à 0", "law": "2026-02-01", "horizon": "medium", "changes": [STEEL]}
    text = api.post("/api/whatif/file", json=question).text
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    read = Scenario.from_file(tmp_path / "s.yaml")
    assert (read.title, str(read.law), read.horizon) == ("Acier à 0", "2026-02-01", "medium")
    assert read.changes[0].tariff is not None
    assert read.changes[0].tariff.rate == 0.0


def test_the_report_is_one_page_that_loads_nothing(api: httpx.Client):
    reply = api.post("/api/whatif/report", json={"law": "none", "changes": [STEEL]})
    assert reply.status_code == 200, reply.text[:300]
    assert "<!doctype html>" in reply.text[:100].lower()
    for outside in ('src="http', "src='http", '<link rel="stylesheet" href="http', "@import"):
        assert outside not in reply.text


def test_the_report_speaks_the_language_of_the_page(api: httpx.Client):
    page = api.post("/api/whatif/report", json={"law": "none", "changes": [STEEL], "lang": "fr"}).text
    assert '<html lang="fr">' in page
    assert "Sur quoi reposent ces chiffres" in page
    assert "What the numbers rest on" not in page
    refused = api.post("/api/whatif/report", json={"law": "none", "changes": [STEEL], "lang": "de"})
    assert refused.status_code == 422


QUOTA = {
    "importer": "USA",
    "exporter": "CAN",
    "sectors": ["motor_vehicles"],
    "share_of_baseline": 0.6,
    "over_quota": 0.5,
}
CONTENT = {
    "importer": "USA",
    "exporter": "MEX",
    "sectors": ["motor_vehicles"],
    "rate": 0.25,
    "except_content_of": "USA",
}


@pytest.mark.parametrize(
    "changes", [[{"quota": QUOTA}], [{"tariff": CONTENT}], [{"quota": QUOTA}, {"tariff": CONTENT}]]
)
def test_quotas_and_content_rules_are_what_the_library_says(api: httpx.Client, changes: list):
    from detente.study.run import run
    from detente.study.scenario import Scenario

    expected = run(Scenario.model_validate({"title": "x", "law": "none", "changes": changes})).result
    found = api.post("/api/whatif", json={"law": "none", "changes": changes, "pair": ["USA", "MEX"]}).json()
    for code in ("USA", "CAN", "MEX"):
        here = float(expected.welfare.sel(region=code))
        assert found["regions"][code]["welfare_pct"] == pytest.approx(here, rel=1e-3, abs=1e-8)
    assert len(found["quotas"]) == sum("quota" in change for change in changes)
    for quota in found["quotas"]:
        assert quota["filled"] == pytest.approx(1, abs=1e-6)  # it binds
        assert quota["rate_pct"] == pytest.approx(100 * float(expected.found.quota_rate[0]), rel=1e-3)
        rents = float(expected.arrays["quota_rents_musd"][expected.economy.regions.index("USA")])
        assert quota["rents_musd"] == pytest.approx(rents, rel=1e-3)
    if any("tariff" in change for change in changes):
        assert 5 < found["rates"]["USA<MEX"]["autos"] < 25  # the rate, on the part that is not from the United States


def test_a_report_with_ranges_is_worked_out_beside_and_can_be_stopped(api: httpx.Client):
    asked = {"law": "none", "changes": [STEEL]}
    begun = api.post("/api/whatif/report/ranges", json=asked).json()
    assert begun["state"] in ("waiting", "running", "done")
    assert api.post("/api/whatif/report/ranges", json=asked).json()["job"] == begun["job"]
    other = api.post("/api/whatif/report/ranges", json={**asked, "title": "Another"}).json()
    assert api.delete(f"/api/jobs/{other['job']}").json()["state"] in ("stopped", "done")
    for _ in range(600):
        now = api.get(f"/api/jobs/{begun['job']}").json()
        if now["state"] not in ("waiting", "running"):
            break
        time.sleep(0.2)
    assert now["state"] == "done", now
    assert f"{DRAWS} draws" in now["result"]["html"]
    assert api.get("/api/jobs/nothing").status_code == 404
    assert api.delete("/api/jobs/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/api/whatif", {"changes": [{"tariff": {**STEEL["tariff"], "importer": "USB"}}]}, "did you mean"),
        ("/api/whatif", {"changes": [{"tariff": {**STEEL["tariff"], "rate": 25}}]}, "rates are fractions"),
        ("/api/whatif", {"law": "2017-01-01"}, "before the ledger"),
        ("/api/whatif", {"law": "2026-13-40"}, "law"),
        ("/api/whatif", {"pair": ["CAN", "CAN"]}, "twice"),
        ("/api/whatif", {"pair": ["CAN", "ZZZ"]}, "ZZZ"),
        ("/api/whatif", {"law": "none", "changes": [{"measure": "X", "action": "drop"}]}, "needs the law of a day"),
        ("/api/whatif", {"changes": [{"measure": "NONE-SUCH", "action": "drop"}]}, "not in the ledger"),
        ("/api/whatif", {"baseline": "/etc/passwd"}, "baseline"),
        ("/api/whatif", {"changes": [{"quota": {**QUOTA, "limit_musd": 1}}]}, "one of them"),
        ("/api/whatif", {"changes": [{"quota": {**QUOTA, "sectors": ["all"]}}]}, "24 flows at most"),
        ("/api/whatif", {"changes": [{"tariff": {**CONTENT, "except_content_of": "USB"}}]}, "did you mean"),
        ("/api/talks", table_of(tariff_term("USA", "CAN", ["steel"], -0.1)), "upside down"),
        ("/api/talks", table_of(TERM, TERM), "moves already"),
        ("/api/talks", table_of(tariff_term("USA", "CAN", ["stel"])), "stel"),
        ("/api/talks", table_of(tariff_term("USA", "CAN", ["steel"], threat=None), threats=["war"]), "detente talks"),
        ("/api/talks", table_of(TERM, ledger=["/etc/passwd"]), "ledger is not for the table"),
        ("/api/talks", table_of(TERM, baseline="/etc/passwd"), "baseline is not for the table"),
        (
            "/api/talks",
            table_of(tariff_term("USA", "CAN", ["steel"], threat=None), threats=[{"scenario": "/etc/passwd"}]),
            "one threat",
        ),
        ("/api/talks", table_of(TERM, parties={"USA": {}, "CAN": {}, "MEX": {}}), "two sides"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(api: httpx.Client, path: str, body: dict, said: str):
    reply = api.post(path, json=body)
    assert reply.status_code == 422
    assert said in reply.json()["error"]
    assert "Traceback" not in reply.text


def test_a_negotiation_of_two_sides(api: httpx.Client):
    note = "<script>document.title='owned'</script>"
    kept = api.post("/api/talks", json=table_of(TERM, MIRROR, title="Steel")).json()
    path = f"/api/talks/{kept['id']}"
    today = [term["today"] for term in kept["terms"]]
    at_today = api.post(f"{path}/score", json={"values": today}).json()["sides"]
    assert all(abs(side["vs_today_pct"]) < 1e-6 for side in at_today.values())
    first = api.post(f"{path}/offers", json={"version": 1, "side": "CAN", "values": [0.1, 0.1], "note": note})
    assert first.status_code == 201
    stale = api.post(f"{path}/offers", json={"version": 1, "side": "USA", "values": [0.2, 0.0]})
    assert stale.status_code == 409
    second = api.post(f"{path}/offers", json={"version": 2, "side": "USA", "values": [0.2, 0.0]})
    assert [o["side"] for o in second.json()["offers"]] == ["CAN", "USA"]
    assert second.json()["offers"][0]["scores"]["sides"]["CAN"]["vs_threat_pct"] > 0
    renoted = api.patch(f"{path}/offers/2", json={"version": 3, "note": "=1+1"})
    assert renoted.json()["version"] == 4
    lines = api.get(f"{path}/offers.csv").text.splitlines()
    assert len(lines) == 3
    assert lines[2].endswith("'=1+1")  # a spreadsheet must not run it
    assert api.get(path).json()["offers"][0]["note"] == note
    assert api.post(f"{path}/score", json={"values": [0.9, 0.0]}).status_code == 422
    assert api.get("/api/talks/nothing").status_code == 404


def test_an_untouched_draft_is_the_law_of_today(api: httpx.Client):
    group = tariff_term("USA", "CAN", ["steel", "aluminum", "lumber", "motor_vehicles"], 0.1)
    kept = api.post("/api/talks", json=table_of(group, MIRROR, title="Group")).json()
    assert kept["terms"][0]["today_range"][0] < kept["terms"][0]["today"] < kept["terms"][0]["today_range"][1]
    scored = api.post(f"/api/talks/{kept['id']}/score", json={"values": [None, None]}).json()["sides"]
    assert all(abs(side["vs_today_pct"]) < 1e-9 for side in scored.values())


def test_many_offers_at_once_from_read_versions_lose_none(api: httpx.Client, server):
    kept = api.post("/api/talks", json=table_of(TERM, title="Rush")).json()
    path = f"/api/talks/{kept['id']}"

    def write(k: int) -> None:
        with httpx.Client(base_url=server.url, timeout=120, headers={"X-Client": f"writer {k}"}) as mine:
            for _ in range(40):
                version = mine.get(path).json()["version"]
                body = {"version": version, "side": "CAN", "values": [0.1], "note": str(k)}
                reply = mine.post(f"{path}/offers", json=body)
                if reply.status_code == 201:
                    return
                assert reply.status_code == 409, reply.text
            raise AssertionError("never got through")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert sorted(o["note"] for o in api.get(path).json()["offers"]) == list("012345")


def test_an_answer_is_strict_json(api: httpx.Client):
    text = api.post("/api/whatif", json={"changes": [{"tariff": {**STEEL["tariff"], "rate": "prohibitive"}}]}).text
    assert "NaN" not in text
    assert "Infinity" not in text


def test_a_figure_has_an_address_that_other_sites_may_show(api):
    import io
    import time

    from PIL import Image

    question = {"law": "2026-10-06", "only_pair": True}

    def figure(name: str, **more: str):
        for _ in range(10):  # the first one compiles a program, which takes long on a busy machine
            reply = api.get(f"/api/figures/{name}", params={"q": json.dumps(question), **more})
            if reply.status_code != 429:
                return reply
            time.sleep(5)
        return reply

    told = figure("welfare.json")
    assert told.status_code == 200
    assert "only the measures between the United States and Canada" in told.json()["scenario"]
    assert told.json()["licence"]
    assert {"CAN", "USA"} <= {row["region"] for row in told.json()["rows"]}
    assert told.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "frame-ancestors *" in told.headers["content-security-policy"]
    with Image.open(io.BytesIO(figure("places.png", lang="fr").content)) as picture:
        assert picture.size[0] >= 1200
    assert figure("welfare.svg").text.startswith("<svg")
    assert figure("nothing.svg").status_code == 422
    assert api.get("/api/figures/welfare.svg", params={"q": "{"}).json()["error"].startswith("q is not a question")
