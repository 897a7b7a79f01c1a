"""The grammars of the files that people give: scenarios, talks, ledgers, tables."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

REGIONS = [*(8 * ["AAA", "BBB", "CCC"]), "all", "USA", "CAN"]
SECTORS = [*(8 * ["goods", "services"]), "all", "steel"]
DAYS = ["none", "none", "none", "latest", "2025-06-10", "2024-12-31", "2018-01-01", "1999-01-01", "2030-01-01"]

region, sector = st.sampled_from(REGIONS), st.sampled_from(SECTORS)
regions = st.one_of(region, st.lists(region, min_size=1, max_size=3))
sectors = st.one_of(sector, st.lists(sector, min_size=1, max_size=3))
rate = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0, 9.9, "prohibitive"]), st.floats(0, 10))
small = st.one_of(st.sampled_from([-0.5, -0.03, 0.0, 0.1]), st.floats(-0.99, 2))
share = st.floats(0, 1)
year = st.integers(2024, 2036)
words = st.sampled_from(["Steel", "Acier à 25 %", "a: b", "x # y", "鋼", "'", '"', "- a", "x" * 250])


def some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some of these parts."""
    return st.fixed_dictionaries({}, optional=parts)


def one(**kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with exactly one of these parts."""
    return st.one_of([st.fixed_dictionaries({kind: part}) for kind, part in kinds.items()])


def joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """The parts of several mappings in one."""
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


flows = joined(
    st.one_of(
        st.fixed_dictionaries({"importer": regions, "exporter": regions}),
        st.fixed_dictionaries({"between": st.lists(region, min_size=2, max_size=3)}),
    ),
    some(sectors=sectors),
)
levied = joined(flows, one(rate=rate, add=small))
tariff = joined(levied, some(uses=st.sampled_from(["all", "final", "intermediate"]), except_content_of=region))
quota = joined(
    flows,
    one(share_of_baseline=st.floats(0, 3), limit_musd=st.floats(0, 1e6)),
    some(
        in_quota=rate,
        over_quota=rate,
        by=st.sampled_from(["volume", "value"]),
        rents=st.sampled_from(["importer", "exporter", 0.3]),
    ),
)
subsidy = st.fixed_dictionaries({"region": regions, "sectors": sectors, "rate": share})
change = joined(
    one(
        tariff=tariff,
        export_tax=levied,
        trade_cost=joined(flows, st.fixed_dictionaries({"change": small})),
        subsidy=subsidy,
        quota=quota,
    ),
    some(**{"from": year, "until": year}),
)
measure = joined(
    st.fixed_dictionaries({"measure": st.sampled_from(["US-IEEPA-RECIP", "US-232-ANNEX-IA", "none-such"])}),
    one(action=st.just("drop"), rate=rate),
)
start = joined(
    st.fixed_dictionaries({"title": words, "baseline": st.sampled_from(["toy", "toy", "toy", "world-2024"])}),
    st.fixed_dictionaries({"law": st.sampled_from(DAYS)}),
    some(
        horizon=st.sampled_from(["short", "medium", "long"]),
        closure=st.sampled_from(["fixed", "pooled", "balanced", 0.5]),
        uses=st.sampled_from(["one", "two", "buyers"]),
        labour_supply=st.floats(0, 5),
        demand_elasticity=st.floats(0, 5),
        wages=st.sampled_from(["flexible", "rigid"]),
        trade_elasticities=st.dictionaries(sector, st.floats(0.1, 20), max_size=2),
        notes=words,
    ),
)
scenario = joined(
    start,
    some(
        changes=st.lists(st.one_of(change, change, change, measure), max_size=4),
        path=st.sampled_from(["2025-2030", "2025-2035", "2030-2025", "1-2"]),
        law_bound=st.sampled_from(["low", "central", "high"]),
        against=st.sampled_from(["law", "baseline"]),
        rates=st.sampled_from(["statutory", "collected"]),
        ledger=st.sampled_from(["none-such.yaml", [], "/dev/null", "."]),
    ),
)

spread = st.tuples(share, st.floats(0, 1)).map(sorted)
pair = st.sampled_from([["AAA", "BBB"], ["BBB", "AAA"], ["AAA", "BBB"], ["AAA", "CCC"], ["AAA", "AAA"]])
between = joined(
    pair.map(lambda two: {"importer": two[0], "exporter": two[1]}),
    st.fixed_dictionaries(
        {"sectors": st.sampled_from([["goods"], ["services"], "goods", ["goods", "steel"]]), "range": spread}
    ),
)
term = joined(
    st.fixed_dictionaries({"track": st.sampled_from(["steel", "autos"])}),
    one(
        tariff=between,
        tariff_cut=between,
        export_tax=between,
        trade_cost=st.fixed_dictionaries(
            {"between": pair, "sectors": sectors, "range": st.tuples(small, small).map(sorted)}
        ),
        subsidy=st.fixed_dictionaries({"region": region, "sectors": sectors, "range": spread}),
        quota=joined(between, some(in_quota=rate, over_quota=rate)),
    ),
    some(label=words, years=st.integers(-1, 31), each_sector=st.booleans()),
)
party = some(
    power=st.floats(0, 5), revenue_weight=st.floats(0, 5), sector_weights=st.dictionaries(sector, share, max_size=2)
)
clause = one(
    floor=st.fixed_dictionaries(
        {"region": region, "sectors": sectors, "measure": st.sampled_from(["jobs", "pay", "income"]), "change": small}
    ),
    ratification=st.fixed_dictionaries(
        {"region": region, "by": st.sampled_from(["workers", "sectors", "states", "provinces"]), "threshold": share}
    ),
)
talks = joined(
    start,
    st.fixed_dictionaries(
        {
            "parties": st.one_of(
                st.fixed_dictionaries({"AAA": party, "BBB": party}),
                st.dictionaries(region, party, min_size=2, max_size=3),
            ),
            "terms": st.lists(term, min_size=1, max_size=4),
        }
    ),
    some(
        threats=st.lists(
            st.sampled_from(["status_quo", "war", {"war": {"ceiling": 1.0}}, {"scenario": "none.yaml"}]),
            min_size=1,
            max_size=2,
        ),
        solution=st.sampled_from(["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]),
        clauses=st.lists(joined(st.fixed_dictionaries({"label": words}), clause), max_size=2),
    ),
)

country = st.sampled_from(["CAN", "MEX", "CHN", "EU", "all", "ZZZ"])
day = st.sampled_from([*(9 * ["2025-03-12", "2025-06-04", "2026-12-31"]), "2018-01-01", "2025-02-29", "0", "20250312"])
code = st.sampled_from([*(5 * ["72", "7208", "0406", "8703.23"]), "010", "8", "7208100000", "72081000001", "abcd"])
products = st.one_of(
    st.just("all"),
    some(prefixes=st.lists(code, max_size=3), lists=st.lists(st.sampled_from(["steel", "none-such"]), max_size=2)),
)
percent = st.one_of(
    st.sampled_from([*(6 * [0, 25, 50.5]), "010", "25", "1_0", "1e3", "0x10", "nan", "inf", 1001, -1]),
    st.floats(0, 1000),
)
reason = st.sampled_from([*(9 * ["because it says so"]), "x"])
relief = joined(
    st.fixed_dictionaries({"when": st.sampled_from([{}, {"usmca": True}, {"none-such": True}]), "reason": reason}),
    some(rate_pct=percent, **{"from": day}),
)
charge = joined(
    st.fixed_dictionaries({"products": products, "rate_pct": percent}),
    some(
        type=st.sampled_from(["additive", "floor"]),
        base=st.sampled_from(["value", "steel_content"]),
        reliefs=st.lists(relief, max_size=2),
        rates=st.lists(st.fixed_dictionaries({"from": day, "rate_pct": percent, "source": reason}), max_size=2),
        partners=st.lists(
            st.fixed_dictionaries(
                {"exporters": st.lists(country, min_size=1, max_size=2), "rate_pct": percent, "reason": reason}
            ),
            max_size=1,
        ),
    ),
)
act = joined(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["MY-1", "MY-2", "US-IEEPA-RECIP"]),
            "imposing": st.sampled_from(["USA", "CAN", "EU", "ZZZ"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "affected": st.lists(country, min_size=1, max_size=2),
            "authority": st.sampled_from(["Section 232", "Own"]),
            "source": reason,
        }
    ),
    st.fixed_dictionaries({"from": day, "charges": st.lists(charge, min_size=1, max_size=2)}),
    some(
        until=day,
        kind=st.sampled_from(["duty", "duty", "ban", "exemption"]),
        family=st.sampled_from(["ieepa", "none-such"]),
    ),
)
ledger = st.one_of(
    st.lists(act, max_size=3),
    some(
        measures=st.lists(act, max_size=2),
        rates=st.lists(
            st.fixed_dictionaries(
                {"measure": st.just("US-IEEPA-RECIP"), "from": day, "rate_pct": percent, "source": reason}
            ),
            max_size=2,
        ),
        lists=st.dictionaries(st.sampled_from(["mine", "steel"]), st.lists(code, max_size=3), max_size=1),
        facts=st.dictionaries(
            st.sampled_from(["mine"]), st.fixed_dictionaries({"meaning": reason, "default": share}), max_size=1
        ),
        groups=st.dictionaries(st.sampled_from(["bloc"]), st.lists(country, max_size=3), max_size=1),
    ),
)

cell = st.one_of(
    st.sampled_from(
        ["US-MI", "CA-ON", "steel", "0.5", "1", "nan", "1e999", "010", "", "=1+1", '"', "x" * 200_000, "é", "\t1", "٣"]
    ),
    st.floats().map(str),
    st.text(max_size=6),
)


def table(*columns: str) -> st.SearchStrategy[str]:
    """A CSV file of about these columns."""
    row = st.one_of(
        st.lists(cell, max_size=len(columns) + 1),
        st.tuples(
            st.sampled_from(["US-MI", "CA-ON"]),
            st.just("steel"),
            st.sampled_from(["1", "1.0", "0.5", "1e0", "01"]),
            st.just("source"),
        ).map(list),
    )
    heads = st.sampled_from([",".join(columns), ";".join(columns), ",".join(columns[:-1]), " , ".join(columns), ""])
    return st.tuples(heads, st.lists(row, max_size=6)).map(
        lambda made: "\n".join([made[0], *(",".join(found) for found in made[1])]) + "\n"
    )
