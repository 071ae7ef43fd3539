"""Who may import whom: a row may import the rows below it, never another package of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.sources import PACKAGES, Source, is_within

ROWS: list[tuple[str, ...]] = [
    ("chaos",),
    ("chatproject",),
    ("chat.urls", "chat.routing"),
    (
        "chat.consumers",
        "chat.views",
        "chat.api",
        "chat.admin",
        "chat.management",
        "chat.accounts",
        "chat.templatetags",
        "chat.apps",
        "chat.middleware",
    ),
    ("chat.handlers",),
    ("chat.runtime",),
    ("chat.metrics",),
    ("chat.awareness", "chat.canary", "chat.checkpoint", "chat.connections", "chat.epochs", "chat.openings"),
    ("chat.gathering", "chat.pages"),
    ("chat.connection",),
    ("chat.composer", "chat.journal", "chat.reader"),
    ("chat.actions",),
    ("chat.queries",),
    ("chat.access", "chat.admission", "chat.payloads", "chat.markup", "chat.text", "chat.buckets", "chat.database"),
    ("chat.models", "chat.statements", "chat.delivery", "chat.presence"),
    ("chat.protocol", "chat.errors", "chat.limits"),
]


@dataclass(frozen=True)
class Door:
    """A package that only some may import, though they stand above it."""

    package: str
    importers: tuple[str, ...]


DOORS = [
    Door("chat.handlers", ("chat.consumers",)),
    Door("chat.delivery.publish", ("chat.actions", "chat.runtime")),
    Door("chat.statements.sending", ("chat.actions", "chat.payloads")),
]


@dataclass(frozen=True)
class Narrowing:
    """Of a package, an importer may have one module only."""

    importer: str
    package: str
    module: str


NARROWINGS = [
    Narrowing("chat.payloads", "chat.delivery", "chat.delivery.change"),
    Narrowing("chat.queries", "chat.delivery", "chat.delivery.change"),
]


def violations(sources: Iterable[Source]) -> Iterator[str]:
    """A sentence for each import that the rules forbid, and for each module that has no row."""
    for source in sources:
        if source.module == "chat":
            continue
        if _row(source.module) is None:
            yield f"{source.module} has no row"
            continue
        for imported in source.imports():
            yield from (f"{source.module} imports {imported}: {why}" for why in _reasons(source.module, imported))


def _reasons(importer: str, imported: str) -> Iterator[str]:
    if not any(is_within(imported, package) for package in PACKAGES):
        return
    here, there = _row(importer), _row(imported)
    if there is None:
        yield "it has no row"
    elif here is not None and _package(importer) != _package(imported) and here >= there:
        yield "a row imports only what is below it"
    for door in DOORS:
        allowed = [door.package, *door.importers]
        if is_within(imported, door.package) and not any(is_within(importer, each) for each in allowed):
            yield f"only {' and '.join(door.importers)} may"
    for rule in NARROWINGS:
        concerned = is_within(importer, rule.importer) and is_within(imported, rule.package)
        if concerned and not is_within(imported, rule.module):
            yield f"of {rule.package} it may have {rule.module} only"


def _package(name: str) -> str | None:
    return next((each for row in ROWS for each in row if is_within(name, each)), None)


def _row(name: str) -> int | None:
    return next((place for place, row in enumerate(ROWS) for each in row if is_within(name, each)), None)
