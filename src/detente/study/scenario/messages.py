"""From what validation found to the sentence that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from detente.errors import InputError
from detente.study.scenario.yaml_document import Document, Fields
from detente.text import shown as quoted

#: Kind of fault -> what is asked for; the braces are filled from the model's own limits.
_ASKED = {
    "missing": "is missing; it must be given",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be {le:g} or less",
    "too_short": "must name at least {min_length}",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "list_type": "must be a list (a code, or [code, code])",
    "dict_type": "must be a mapping (name: value)",
    "float_parsing": "must be a number, such as 0.25 for 25 percent",
    "float_type": "must be a number, such as 0.25 for 25 percent",
    "finite_number": "must be a finite number; a ban is written rate: prohibitive",
    "value_error": "{error}",
}


def first_complaint(document: Document | Fields, error: ValidationError, model: type[BaseModel]) -> InputError:
    """The first fault that validating `document` against `model` found: file and line (if any), field and what is allowed."""
    fault = error.errors(include_url=False)[0]
    kind, context = fault["type"], fault.get("ctx", {})
    location = _in_file(document.data, fault["loc"]) + ([fault["loc"][-1]] if kind == "missing" else [])
    given = fault.get("input")
    shown = f" (given: {quoted(given)})" if isinstance(given, (str, int, float)) and kind != "value_error" else ""
    if kind == "extra_forbidden":
        fields = ", ".join(_fields(_model_at(model, location[:-1])))
        return document.complain(location, f"unknown field; the fields here are {fields}.")
    if kind == "model_type":
        fields = ", ".join(_fields(_model_at(model, location)))
        return document.complain(location, f"must be a mapping (name: value) with fields among {fields}{shown}.")
    if kind.startswith("date"):
        return document.complain(location, f"must be a date such as 2026-09-30, latest, or none{shown}.")
    asked = _ASKED.get(kind, fault["msg"]).format(**context)
    return document.complain(location, f"{asked}{shown}.")


def _in_file(data: Any, location: Sequence[str | int]) -> list[str | int]:
    """The steps of `location` that are keys and positions of the file; validation adds others (branches of a union)."""
    steps: list[str | int] = []
    for step in location:
        try:
            data = data[step]
        except (LookupError, TypeError):
            break
        steps.append(step)
    return steps


def _model_at(model: type[BaseModel], location: Sequence[str | int]) -> type[BaseModel]:
    """The model that describes the part at `location`."""
    for step in location:
        if isinstance(step, str) and step in model.model_fields:
            model = _inside(model.model_fields[step].annotation) or model
    return model


def _fields(model: type[BaseModel]) -> list[str]:
    """The fields of a model as files name them."""
    return [field.serialization_alias or name for name, field in model.model_fields.items()]


def _inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inside(part))), None)
