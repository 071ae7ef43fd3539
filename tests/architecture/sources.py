"""The product's Python, read but not run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("chat", "chatproject", "chaos")


@dataclass(frozen=True)
class Source:
    """A module's dotted name (a package's is its own) and its syntax tree."""

    module: str
    tree: ast.Module
    is_package: bool = False

    @classmethod
    def parse(cls, module: str, text: str) -> "Source":
        return cls(module, ast.parse(text))

    def imports(self) -> Iterator[str]:
        """Dotted names of what is imported anywhere in it, in functions and under conditions too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{self._origin(node)}.{alias.name}" for alias in node.names)

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.module.split(".")
        kept = len(parts) - node.level + self.is_package
        return ".".join([*parts[:kept], *([node.module] if node.module else [])])


def product() -> list[Source]:
    """Every module of the product but migrations, which Django writes."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                is_package = parts[-1] == "__init__"
                module = ".".join(parts[:-1] if is_package else parts)
                found.append(Source(module, ast.parse(path.read_text()), is_package))
    return found


def is_within(name: str, package: str) -> bool:
    """Whether a dotted name is the package or something of it."""
    return name == package or name.startswith(f"{package}.")
