"""What `docs/protocol.md` calls the types of the code."""

import dataclasses
import types
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_PLAIN: dict[object, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    UUID: "UUID",
    datetime: "time",
    type(None): "null",
}
_LARGEST = 2**53 - 1
_INTEGERS = {(1, _LARGEST): "id", (0, _LARGEST): "position"}


@dataclasses.dataclass(frozen=True)
class Field:
    """A field as the page has to describe it; `needed` is None where everything always has a value."""

    type: str
    needed: str | None = None


def fields_of(shape: type[Any]) -> dict[str, Field]:
    """The fields of a dataclass or a model."""
    hints = get_type_hints(shape, include_extras=True)
    if issubclass(shape, BaseModel):
        return {
            name: Field(name_of(hints[name]), "required" if info.is_required() else "optional")
            for name, info in shape.model_fields.items()
        }
    return {each.name: Field(name_of(hints[each.name])) for each in dataclasses.fields(shape)}


def name_of(annotation: Any) -> str:
    """The page's name of a type. Raises TypeError for one that the page has no name for."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and (dataclasses.is_dataclass(annotation) or issubclass(annotation, BaseModel)):
        return annotation.__name__
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(arguments[0], arguments[1:])
    if origin is Literal:
        return " or ".join(_literal(value) for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(name_of(each) for each in arguments)
    if origin is list:
        return f"array of {name_of(arguments[0])}"
    if origin is dict and arguments[0] is str:
        return f"map of {name_of(arguments[1])}"
    raise TypeError(f"no name for {annotation!r}")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _bounded(annotation: Any, metadata: tuple[Any, ...]) -> str:
    bounds: dict[type[Any], int] = {}
    for each in metadata:
        for bound in each.metadata if isinstance(each, FieldInfo) else [each]:
            if isinstance(bound, MinLen | MaxLen | Ge | Le):
                [bounds[type(bound)]] = dataclasses.asdict(bound).values()
    if annotation is int:
        return _INTEGERS[bounds[Ge], bounds[Le]]
    if annotation is str:
        return f"string ({bounds.get(MinLen, 0)}-{bounds[MaxLen]})"
    return name_of(annotation)
