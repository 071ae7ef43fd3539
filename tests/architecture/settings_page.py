"""The tables of `docs/settings.md`, as the code has them."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from chat.limits import Limits
from chatproject.env import ROOT, Environment

HEADER = "| variable | default | values | meaning |\n|---|---|---|---|\n"


def environment_table() -> str:
    """Every variable but the limits."""
    fields = {name: field for name, field in Environment.model_fields.items() if field.annotation is not Limits}
    return HEADER + "".join(_rows(fields))


def limits_table() -> str:
    """Every limit."""
    return HEADER + "".join(_rows(Limits.model_fields, prefix="LIMIT_"))


def variables(model: type[BaseModel] = Environment) -> set[str]:
    """The names of all variables."""
    own = {name.upper() for name, field in model.model_fields.items() if field.annotation is not Limits}
    return own | {f"LIMIT_{name.upper()}" for name in Limits.model_fields}


def _rows(fields: dict[str, FieldInfo], *, prefix: str = "") -> Iterator[str]:
    for name, field in fields.items():
        variable = f"`{prefix}{name.upper()}`"
        yield f"| {variable} | {_default(field.default)} | {_values(field)} | {field.description} |\n"


def _default(value: Any) -> str:
    if isinstance(value, list):
        return f"`{','.join(value)}`"
    if isinstance(value, bool):
        return f"`{int(value)}`"
    text = str(value).removeprefix(f"{ROOT}/")
    return f"`{text}`" if text else ""


def _values(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if annotation is bool:
        return "`1` or `0`"
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    bounds = {type(each): each for each in field.metadata}
    low, above, high, length = bounds.get(Ge), bounds.get(Gt), bounds.get(Le), bounds.get(MaxLen)
    if low and high:
        return f"{low.ge} to {high.le}"
    if low:
        return f"{low.ge} or more"
    if above:
        return f"more than {above.gt}"
    return f"up to {length.max_length} characters" if length else ""
