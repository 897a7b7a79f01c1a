"""Numbers and names as the terminal says them: in English."""

from __future__ import annotations

from detente.report.language import ENGLISH, rounded, sentence, signed

#: A smaller change of income (percent) is called no measurable change: the accounts are not known to one part in 100,000.
MEASURABLE = 0.001

region_name = ENGLISH.region
the_region = ENGLISH.the
sector_name = ENGLISH.sector
product = ENGLISH.product
percent = ENGLISH.percent
spread = ENGLISH.spread
money = ENGLISH.money
money_range = ENGLISH.money_range
jobs = ENGLISH.jobs
jobs_range = ENGLISH.jobs_range
listed = ENGLISH.listed

__all__ = [
    "MEASURABLE",
    "jobs",
    "jobs_range",
    "listed",
    "money",
    "money_range",
    "percent",
    "product",
    "region_name",
    "rounded",
    "sector_name",
    "sentence",
    "signed",
    "spread",
    "the_region",
]
