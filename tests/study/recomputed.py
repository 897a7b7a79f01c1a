"""The figures of a note on talks, worked out again from the file and the agreed rates alone: policies by name, the world solved.

Nothing of `detente.talks` is used. What is optimized (the rates agreed, limits and their price, tracks) is taken from the note:
here every effect that the note gives those rates is solved afresh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import detente as dt

Figure = tuple[str, float, float]


class Recomputed:
    """A note (`found`, its JSON against one threat) beside the same file solved again."""

    def __init__(
        self, file: Mapping[str, Any], found: Mapping[str, Any], economy: dt.Economy, today: dt.Policy
    ) -> None:
        self.file, self.found, self.economy, self.today = file, found, economy, today
        self.labels = [line["term"] for line in found["terms"]]
        self.lines = dict(zip(self.labels, file["terms"], strict=True))
        self.parties = list(file["parties"])
        self._solved: dict[str, dict[str, float]] = {}

    def policy(self, values: Mapping[str, float | None], share: Mapping[str, float] | None = None) -> dt.Policy:
        """Today's policy with terms at `values` (None: as today), each moved by its `share` of the way (1: all of it)."""
        policy = self.today
        for label, value in values.items():
            if value is not None:
                policy = self._moved(policy, self.lines[label], value, (share or {}).get(label, 1.0))
        return policy

    def _moved(self, policy: dt.Policy, line: Mapping[str, Any], value: float, share: float) -> dt.Policy:
        [(kind, edit)] = [
            (kind, line[kind]) for kind in ("tariff", "tariff_cut", "export_tax", "trade_cost") if kind in line
        ]
        goods = edit["sectors"]
        if kind == "trade_cost":
            for importer in edit["between"]:
                for exporter in edit["between"]:
                    if importer != exporter:
                        flow = {"importer": importer, "exporter": exporter, "sector": goods}
                        policy = policy.set("trade_cost", rate=1 + share * value, **flow)
            return policy
        for good in goods:
            flow = {"importer": edit["importer"], "exporter": edit["exporter"], "sector": good}
            rates = policy.dataset["export_tax" if kind == "export_tax" else "tariff"].sel(flow)
            old = float(rates.mean())
            new = old * (1 - value) if kind == "tariff_cut" else value
            policy = policy.set(
                "export_tax" if kind == "export_tax" else "tariff", rate=old + share * (new - old), **flow
            )
        return policy

    def income(self, name: str, policy: dt.Policy) -> dict[str, float]:
        """Real income of each party over its baseline's under a policy, kept under a name."""
        if name not in self._solved:
            welfare = self.economy.solve(policy).welfare
            self._solved[name] = {party: 1 + float(welfare.sel(region=party)) / 100 for party in self.parties}
        return self._solved[name]

    def figures(self) -> Iterator[Figure]:
        """Name, as the note has it, and as it is here; percent."""
        found = self.found
        agreed = {line["term"]: line["value"] for line in found["terms"]}
        threat = {label: rates["mean"] for label, rates in found["threat"]["terms"].items()}
        now = self.income("today", self.today)
        without = self.income("threat", self.policy(threat))
        with_it = self.income("agreed", self.policy(agreed))
        for party in self.parties:
            given = found["parties"][party]
            yield f"{party} against today", given["real_income_vs_today_pct"], change(with_it[party], now[party])
            yield (
                f"{party} against the threat",
                given["real_income_vs_threat_pct"],
                change(with_it[party], without[party]),
            )
            yield f"threat, {party}", found["threat"]["gain_vs_today_pct"][party], change(without[party], now[party])
            income = float(self.economy.baseline.income[self.economy.regions.index(party)])
            month = change(with_it[party], now[party]) / 100 * income / 12
            yield f"a month, {party}", found["advice"]["month_of_waiting_musd"][party], month
        for concept, one in found["solutions"].items():
            there = self.income(concept, self.policy(one["terms"]))
            for party in self.parties:
                yield f"{concept}, {party}", one["gain_vs_threat_pct"][party], change(there[party], without[party])
        for one in found["concessions"]:
            if one["term"] in agreed:
                less = self.income(f"less {one['term']}", self.policy({**agreed, one["term"]: threat[one["term"]]}))
                for party in self.parties:
                    again = 100 * (with_it[party] - less[party]) / without[party]
                    yield f"worth of {one['term']}, {party}", one["worth_pct"][party], again
        for step in found["steps"]:
            there = self.income(
                " and ".join(step["terms"]), self.policy({label: agreed[label] for label in step["terms"]})
            )
            for party in self.parties:
                yield (
                    f"step {step['terms']}, {party}",
                    step["gain_vs_today_pct"][party],
                    change(there[party], now[party]),
                )
        for year in found["years"]:
            share = {label: min(year["year"] / max(self.lines[label].get("years", 0), 1), 1.0) for label in self.labels}
            there = self.income(f"year {year['year']}", self.policy(agreed, share))
            for party in self.parties:
                yield (
                    f"year {year['year']}, {party}",
                    year["gain_vs_today_pct"][party],
                    change(there[party], now[party]),
                )
        if found["draft"] is not None:
            there = self.income("draft", self.policy(found["draft"]["terms"]))
            for party in self.parties:
                yield (
                    f"draft, {party}",
                    found["draft"]["gain_vs_threat_pct"][party],
                    change(there[party], without[party]),
                )


def change(after: float, before: float) -> float:
    """From one level to another, percent."""
    return 100 * (after / before - 1)
