"""Several questions side by side: scenarios, studies or results in one set of labelled outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.economy.labelled_outcomes import LabelledOutcomes, side_by_side
from detente.errors import InputError
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

Answer = LabelledOutcomes | Scenario | Mapping[str, Any] | str | Path


def compare(*questions: Answer, **named: Answer) -> LabelledOutcomes:
    """The outcomes of several answers, with the dimension `scenario`: those given by keyword under it, others under their title.

    An answer is a `Study`, a `Result` or opened outcomes, or a scenario (its fields, its file), which is then solved. Raises
    `InputError` for two of one name and for answers on different worlds, `SolveError` when no equilibrium is found.

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> start = economy.status_quo()
        >>> low, high = (economy.solve(start.set(importer="AAA", exporter="BBB", rate=rate)) for rate in (0.1, 0.5))
        >>> both = dt.compare(low=low, high=high)
        >>> both
        <LabelledOutcomes of toy: 2 scenarios, ... outcomes>
        >>> bool(both.welfare.sel(region="BBB", scenario="high") < both.welfare.sel(region="BBB", scenario="low"))
        True
    """
    answers: dict[str, LabelledOutcomes] = {}
    for name, question in [*((None, question) for question in questions), *named.items()]:
        title, answer = _answer(question)
        if (name or title) in answers:
            raise InputError(f"Two answers are called {name or title!r}; name them: compare(first=..., second=...).")
        answers[name or title] = answer
    if len(answers) < 2:
        raise InputError("Give two answers or more to compare: studies, results, or scenarios.")
    return side_by_side(answers)


def _answer(question: Answer) -> tuple[str, LabelledOutcomes]:
    """The title of an answer, and its outcomes."""
    if isinstance(question, LabelledOutcomes):
        attributes = question.dataset.attrs
        return str(attributes.get("title") or attributes.get("baseline") or "answer"), question
    scenario = Scenario.of(question)
    counterfactual = Counterfactual.of(scenario)
    return scenario.title, counterfactual.answer(counterfactual.economy())
