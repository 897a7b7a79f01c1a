"""The forms in which files of ours write a value: a name or a list of names, a rate, a year; and no field that is not known."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from detente.rates import PROHIBITIVE, as_rate


def as_list(value: Any) -> Any:
    """A name alone as a list of one."""
    return [value] if isinstance(value, str) else value


#: A rate as people write it.
AsWritten = float | str
Codes = Annotated[list[str], BeforeValidator(as_list, json_schema_input_type=str | list[str]), Field(min_length=1)]
Rate = Annotated[
    float,
    Field(ge=0, allow_inf_nan=True),  # a ban is infinite
    BeforeValidator(as_rate, json_schema_input_type=AsWritten),
    PlainSerializer(lambda rate: "prohibitive" if rate == PROHIBITIVE else rate, when_used="json"),
]
Share = Annotated[float, Field(ge=0)]
Year = Annotated[int, Field(ge=1900, le=2200)]


class Strict(BaseModel):
    """What people write: no field that is not known, no change after it is read, no infinite number unless a field says so."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema with every name of a field that has several: one of them is written, not two."""
        schema = handler(core)
        found = handler.resolve_ref_schema(schema)
        for field in cls.model_fields.values():
            if isinstance(field.validation_alias, AliasChoices):
                _one_of(found, [str(name) for name in field.validation_alias.choices])
        return schema


def _one_of(schema: JsonSchemaValue, names: list[str]) -> None:
    """Let the property published under the first of `names` be written under any one of them, not under several."""
    properties, required = schema["properties"], schema.get("required", [])
    properties |= dict.fromkeys(names[1:], properties[names[0]])
    rule: JsonSchemaValue = {"not": {"required": names}}
    if names[0] in required:
        required.remove(names[0])
        rule = {"oneOf": [{"required": [name]} for name in names]}
    schema.setdefault("allOf", []).append(rule)
