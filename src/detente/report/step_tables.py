"""How an answer is made up: step by step from the world before 2025, and authority by authority."""

from __future__ import annotations

from detente.report.findings import principals, sectors_shown
from detente.report.terminal import show
from detente.report.wording import region_name, sentence, signed, the_region
from detente.study.run import Study

SHOWN_SECTORS = 7


def show_steps(study: Study) -> None:
    """Welfare of the principals at each step, where there is more than one."""
    if len(study.steps) < 2:
        return
    at = [study.economy.regions.index(region) for region in principals(study)]
    names = {"law": f"law of {study.day}", "changes": "this scenario's changes", "law and changes": "both"}
    show(
        "Step by step from the tariffs of 2024: welfare, percent",
        ["", *(region_name(study.economy.regions[n]) for n in at)],
        [[names[name], *(signed(step.arrays["welfare"][n], 3) for n in at)] for name, step in study.steps.items()],
    )


def show_authorities(study: Study) -> None:
    """What each authority's measures do: the law of the day against the same law without them."""
    if not study.by_authority:
        return
    at = [(region, study.economy.regions.index(region)) for region in principals(study)]
    show(
        "By authority, against the same law without its measures: welfare percent, million USD",
        ["", *(f"{region_name(region)} {unit}" for region, _ in at for unit in ("percent", "million"))],
        [
            [
                authority,
                *(
                    signed(effect.arrays[name][n], digits)
                    for _, n in at
                    for name, digits in (("welfare", 3), ("welfare_musd", 0))
                ),
            ]
            for authority, effect in study.by_authority.items()
        ],
    )
    for region, n in at:
        sectors = sectors_shown(study, region, SHOWN_SECTORS)
        show(
            sentence(f"{the_region(region)}: output by authority, percent")[:-1],
            ["", *study.by_authority],
            [
                [
                    study.economy.sectors[j],
                    *(signed(effect.arrays["output"][n, j], 1) for effect in study.by_authority.values()),
                ]
                for j in sectors
            ],
        )
