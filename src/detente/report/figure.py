"""What a figure is, and its words for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from detente.report.language import Language


class Figure(NamedTuple):
    """`name`: of the file with its data; `title`: the finding; `unit`: what is drawn; `svg`; `data`; `alt`: in words."""

    name: str
    title: str
    unit: str
    svg: str
    data: pd.DataFrame
    alt: str
    wide: bool = False


def in_words(labels: Iterable[str], text: Iterable[str], language: Language) -> str:
    """What a figure shows, label by label, for who cannot see it."""
    said = [language.t("labelled", label=label, value=words) for label, words in zip(labels, text, strict=True)]
    return language.t("said.semicolon").join(said) + "."
