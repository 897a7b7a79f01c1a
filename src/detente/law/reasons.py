"""Why a layer applies or does not, in words and with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.law.citations import of_measure
from detente.law.engine import Layer
from detente.law.ledger import Ledger
from detente.law.measure import Measure, Products
from detente.law.products import Catalogue


@dataclass(frozen=True)
class Applied:
    """A layer that charges: rate in percent of its base, share of value charged, and points of duty added.

    `citation` is the act, as a lawyer would open it; `source` says where this project read it.
    """

    measure: str
    authority: str
    rate_pct: float
    base_share: float
    contributes_pct: float
    reason: str
    source: str
    citation: str = ""


@dataclass(frozen=True)
class Refused:
    """A measure that names the good or the country but charges nothing, and why."""

    measure: str
    authority: str
    reason: str
    source: str


_BASES = {
    "value": "full customs value",
    "steel_content": "value of the steel content",
    "aluminum_content": "value of the aluminum content",
    "copper_content": "value of the copper content",
    "non_us_content": "non-US content",
    "us_content_over_40": "non-US content and US content above 40 percent",
    "non_canada_mexico_content": "value less the greater of Canadian and Mexican content and 15 percent",
}


def applied_layers(layers: Iterable[Layer]) -> Iterable[Applied]:
    """The layers that charge or prohibit the first good."""
    for layer in layers:
        measure, share, added = layer.measure, float(layer.charged[0]), float(layer.added[0])
        cited = "; ".join(str(citation) for citation in of_measure(measure))
        if measure.kind == "ban" and layer.taken[0] > 0.5:
            yield Applied(
                measure.id,
                measure.authority,
                0.0,
                1.0,
                0.0,
                f"entry prohibited: {measure.scope}",
                measure.source,
                cited,
            )
        elif added > 0:
            yield Applied(
                measure.id,
                measure.authority,
                round(added / share, 6),
                round(share, 6),
                round(added, 6),
                _why_applied(layer),
                measure.source,
                cited,
            )


def _why_applied(layer: Layer) -> str:
    notes = [relief.reason for relief, _, weight in layer.relieved if weight[0] > 0.5 and relief.effect == "charge"]
    notes = [layer.partner.reason, *notes] if layer.partner else notes
    base = next(
        (r.base for r, _, weight in layer.relieved if r.base and weight[0] > 0.5 and r.effect == "charge"),
        layer.charge.base,
    )
    text = f"{layer.measure.instrument}: on {_BASES[base]}"
    if (layer.partner.type if layer.partner else layer.charge.type) == "floor":
        text += ", topped up to the total"
    left = [other for other, _, lost in layer.room if lost[0] > 0]
    if left:
        text += f", the share of value left by {', '.join(dict.fromkeys(left))}"
    return "; ".join([text, *notes])


def refused_layers(
    acts: Iterable[Measure], layers: list[Layer], ledger: Ledger, code: str, day: date, without: frozenset[str]
) -> Iterable[Refused]:
    """The measures between two countries that reach the good, or would on another day, and charge nothing."""
    goods = Catalogue([code], ledger.lists)
    ended_by = {ended: act for act in ledger.measures for ended in act.ends if act.begins <= day}
    charging = {one.measure for one in applied_layers(layers)}
    for act in acts:
        if act.id in charging or not _names(act, goods, day):
            continue
        reason = _why_refused(act, [layer for layer in layers if layer.measure is act], day, ended_by, without)
        if reason:
            yield Refused(act.id, act.authority, reason, act.source)


def _names(act: Measure, goods: Catalogue, day: date) -> bool:
    """Whether the record names the good; records without products speak of all goods."""
    selections = [charge.products for charge in act.charges] or [act.products or Products(everything=True)]
    when = min(max(day, act.begins), act.until or date.max)
    held = any(goods.members(selection, when)[0] for selection in selections)
    return held or (act.in_force(day) and any(selection == Products() for selection in selections))


def _why_refused(
    act: Measure, layers: list[Layer], day: date, ended_by: dict[str, Measure], without: frozenset[str]
) -> str | None:
    if act.status == "announced_not_in_force":
        return f"announced, never in force: {act.reason}" if act.begins <= day else None
    if act.kind in ("exemption", "termination", "non_tariff"):
        return act.reason if act.reason and act.in_force(day) else None
    if day < act.begins:
        return f"not in force before {act.begins}"
    if act.until and day > act.until:
        act_of_end = ended_by.get(act.id)
        by = f" by {act_of_end.id} ({act_of_end.instrument})" if act_of_end else ""
        if act_of_end and act_of_end.begins != act.until + timedelta(days=1):
            by = ""
        return f"ended {act.until}{by}"
    if act.authority in without:
        return "left out on request"
    if not layers:
        return act.reason
    reasons = [_why_idle(layer) for layer in layers]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None


def _why_idle(layer: Layer) -> str | None:
    for relief, act, weight in layer.relieved:
        if weight[0] > 0.5 and (relief.effect == "outside" or relief.rate_pct == 0):
            name = f"{act.id}: " if act is not layer.measure else ""
            return f"{name}{relief.reason}"
    blocked = [other for other, _, lost in layer.room if lost[0] > 0.5]
    if blocked:
        return f"yields to {', '.join(dict.fromkeys(blocked))}"
    if layer.charge.assumed and layer.taken[0] < 0.5:
        return f"assumed not to cover this good: {layer.charge.proxy}"
    if layer.charged[0] > 0:
        return "the ordinary duty already reaches the total"
    return "no part of the value falls on its base"
