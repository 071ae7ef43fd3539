"""The reports of a campaign, while it goes on."""

from pathlib import Path

from chaos.report import page, summary
from chaos.result import Result, totals


class Book:
    """`report.json` and `report.html` in `directory`, both complete after each result."""

    def __init__(self, directory: Path) -> None:
        self.results: list[Result] = []
        self._directory = directory
        # Of hundreds of runs, to render each again after every other would take seconds each time.
        self._entries: list[str] = []
        self._parts: list[page.Part] = []

    def add(self, result: Result) -> None:
        self.results.append(result)
        self._entries.append(summary.entry(result))
        self._parts.append(page.Part.of(result))
        self._directory.mkdir(parents=True, exist_ok=True)
        self._put("report.json", "[\n" + ",\n".join(self._entries) + "\n]\n")
        self._put("report.html", page.render(self._parts, total=totals(self.results)))

    def _put(self, name: str, text: str) -> None:
        # Whoever ends the campaign in the middle of this keeps what was there before.
        new = self._directory / f"{name}.new"
        new.write_text(text)
        new.replace(self._directory / name)
