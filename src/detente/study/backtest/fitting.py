"""Estimates made anew: the model fitted to episodes, and the document that ships (`detente backtest --estimate`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.accounts import Baseline, load
from detente.files import write_whole
from detente.study.backtest.episode import Rates, episode
from detente.study.backtest.estimation import Case, Fit, Model, estimate, moments
from detente.study.backtest.evidence import PRIORS
from detente.study.backtest.observed import PARTNERS, observe, quiet_variance
from detente.study.backtest.prediction import policies, question
from detente.study.backtest.run import NINETY
from detente.study.backtest.sector_groups import sector_groups
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

#: How many moments are named as those that an estimate rests on.
NAMED = 5


def fit(names: Sequence[str], *, rates: Rates = "paid", baseline: Baseline | None = None) -> Fit:
    """Estimate the parameters on episodes. Takes half a minute or more an episode."""
    world = load("world-2024") if baseline is None else baseline
    start = Scenario(title="start", law=None, horizon="short", closure=PRIORS["pooling"].mean)
    economy = Counterfactual(start, world).economy()
    model, cases, seen_in = Model(economy), [], []
    for name in names:
        given = episode(name)
        happened = observe(given, world)
        at = policies(question(given, happened, world, rates), world, economy)
        cases.append(Case(name, at, moments(happened)))
        seen_in.append(happened)
    found = estimate(model, cases)
    errors = [
        (happened.growth - np.asarray(model.predict(found.parameters, case.policies)))[happened.scored]
        for case, happened in zip(cases, seen_in, strict=True)
    ]
    noise = [quiet_variance(happened)[happened.scored] for happened in seen_in]
    return replace(found, model_error=_model_error(np.concatenate(errors), np.concatenate(noise)))


def _model_error(error: np.ndarray, noise: np.ndarray) -> float:
    """The standard deviation that, added to noise, makes nine of ten errors lie within their 90 percent ranges.

    A second part, in proportion to the predicted change, was tried: its most likely size is zero in both episodes.
    """
    from scipy.optimize import brentq

    def missed(extra: float) -> float:
        return float(np.quantile(np.abs(error) / np.sqrt(noise + extra**2), 0.9) - NINETY)

    return 0.0 if missed(0.0) <= 0 else float(brentq(missed, 0.0, 5.0))


def to_json(fits: Mapping[str, Fit]) -> dict[str, Any]:
    """The document that ships: every fit, rounded to what the standard errors allow and more."""
    names = list(sector_groups())
    return {
        "about": "Parameters estimated by detente backtest --estimate on US imports and duties (US Census Bureau, public domain)",
        "baseline": "world-2024",
        "fits": {
            name: {
                "episodes": list(fit.episodes),
                "multiplier": dict(zip(names, np.exp(fit.parameters[: len(names)]).round(5).tolist(), strict=True)),
                "shared": dict(zip(PRIORS, fit.parameters[len(names) :].round(5).tolist(), strict=True)),
                "distance": round(fit.distance, 4),
                "residual_variance": round(fit.residual_variance, 4),
                "model_error": round(fit.model_error, 4),
                "clustered": dict(zip(PRIORS, fit.clustered[len(names) :].round(4).tolist(), strict=True)),
                "rests_on": _rests_on(fit),
                "moments": fit.moments,
                "covariance": [[float(f"{value:.4g}") for value in row] for row in fit.covariance],
            }
            for name, fit in fits.items()
        },
    }


def _rests_on(fit: Fit) -> dict[str, list[dict[str, object]]]:
    """The moments that an estimate moves with most: parameter -> episode, cell, and its move for one standard deviation."""
    cells = [*(f"{partner}, {group}" for partner in PARTNERS for group in sector_groups()), "all imports"]
    labels = [(episode, cell) for episode in fit.episodes for cell in cells]
    found = {}
    for name, row in zip(fit.names, fit.sensitivity, strict=True):
        largest = np.argsort(-np.abs(row))[:NAMED]
        found[name] = [
            {"episode": labels[k][0], "moment": labels[k][1], "moves_it_by": float(f"{row[k]:.3g}")} for k in largest
        ]
    return found


def write(document: Mapping[str, Any], path: Path) -> None:
    """Write the document as JSON that a diff can read."""
    write_whole(path, json.dumps(document, indent=1) + "\n")
