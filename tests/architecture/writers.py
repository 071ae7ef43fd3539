"""Which code writes rows, as far as its syntax tells."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, is_within

ALLOWED = ("chat.actions", "chat.management.demo", "chat.management.commands.demo_data", "chaos.stack.population")

# Words that only a model or its manager has, and words that sets, dicts and files have too.
_SURE = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
_UNSURE = {"create", "update", "delete", "add", "set", "remove", "clear"}
_MANAGERS = {"objects", "_default_manager", "_base_manager"}
_QUERYSET = {"filter", "exclude", "all", "get", "select_for_update", "first", "last", "order_by"}


def writes(sources: Iterable[Source]) -> Iterator[str]:
    """A sentence for each call outside of the allowed modules that changes a row."""
    for source in sources:
        if any(is_within(source.module, each) for each in ALLOWED):
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_write(node.func):
                yield f"{source.module}:{node.lineno} calls {ast.unparse(node.func)}"


def _is_write(called: ast.Attribute) -> bool:
    word = called.attr.removeprefix("a") if called.attr.removeprefix("a") in _SURE | _UNSURE else called.attr
    if _is_super(called.value) or _is_session(called.value):
        return False
    return word in _SURE or (word in _UNSURE and _is_about_rows(called.value))


def _is_super(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super"


def _is_session(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "session"


def _is_about_rows(value: ast.expr) -> bool:
    """Whether it is reached through a manager or a query, or is what such a thing was bound to elsewhere by name."""
    for node in ast.walk(value):
        if isinstance(node, ast.Attribute) and node.attr in _MANAGERS | _QUERYSET:
            return True
        if isinstance(node, ast.Name) and node.id in {
            "queryset",
            "rows",
            "row",
            "user",
            "room",
            "message",
            "membership",
        }:
            return True
    return False
