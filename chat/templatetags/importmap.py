"""The import map: modules name each other `#chat/ui/composer.js`, the page says which hashed file that is."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_FOLDER = "chat/js"
_ENTRY = "main.js"
_IMPORT = re.compile(r"""^(?:import|export)\s[^"']*["']#chat/([^"']+)["'];""", re.MULTILINE)


@register.simple_tag(takes_context=True)
def importmap(context: Context) -> SafeString:
    """The map of every module, and a preload of each that the page needs to start: none waits for another.

    In development the folder is read at every call, otherwise once.
    """
    modules, first = _modules.__wrapped__() if settings.DEBUG else _modules()
    addresses = {name: static(f"{_FOLDER}/{name}") for name in modules}
    imports = json.dumps({"imports": {f"#chat/{name}": address for name, address in addresses.items()}})
    tag = format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(imports.replace("<", "\\u003c")),  # noqa: S308 - JSON of our own file names
    )
    return tag + format_html_join("", '<link rel="modulepreload" href="{}">', ((addresses[name],) for name in first))


@lru_cache(maxsize=1)
def _modules() -> tuple[list[str], list[str]]:
    """The names of all modules, and of those that the entry imports, itself among them, nearest first."""
    folder = Path(finders.find(_FOLDER) or "")
    modules = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.js"))
    return modules, list(_imported(folder, _ENTRY))


def _imported(folder: Path, entry: str) -> Iterator[str]:
    seen, waiting = {entry}, [entry]
    while waiting:
        name = waiting.pop(0)
        yield name
        for found in _IMPORT.findall((folder / name).read_text()):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
