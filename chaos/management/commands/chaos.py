"""`manage.py chaos`: breaks a Parley of its own in every way it knows, and says what became of the messages."""

import gc
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

# The faults that a few minutes have room for, one for each part that can fail.
SHORT = "1,3,6,12,14,17,18,21,22,25"


class Command(BaseCommand):
    help = (
        "Start a Parley of its own (nginx, gunicorn, Redis, database) in a temporary directory, drive it with seeded "
        "clients, break it, and report what was lost, duplicated, reordered or leaked. The numbers of the faults are "
        "those of docs/reliability.md. Exit status 0: nothing was, every bound was kept, something was staged, and "
        "nothing was left out for want of something that this machine lacks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--all", action="store_true", help=f"every fault; without it {SHORT}")
        chosen.add_argument("--only", metavar="6,8", help="these faults")
        parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
        parser.add_argument("--seed", type=int, default=1, help="of the first run of each fault (1)")
        parser.add_argument("--runs", type=int, default=1, help="of each fault, each with the next seed (1)")
        parser.add_argument("--seconds", type=float, help="how long each fault lasts; without it, what suits it")
        parser.add_argument("--out", type=Path, default=Path("chaos-report"), help="report.json and report.html there")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            import websockets  # noqa: F401
        except ImportError:
            raise CommandError("The clients need what developers have: pip install -r requirements-dev.txt") from None
        from chaos.faults import registry
        from chaos.report import summary
        from chaos.report.book import Book
        from chaos.result import totals
        from chaos.run import Campaign, workplace
        from chaos.stack import needs

        numbers = sorted(registry.ALL) if options["all"] else _numbers(options["only"] or SHORT)
        if unknown := [str(number) for number in numbers if number not in registry.ALL]:
            raise CommandError(f"There is no fault {', '.join(unknown)}; there are 1 to {max(registry.ALL)}.")
        if options["runs"] < 1:
            raise CommandError("--runs wants 1 or more.")
        if sentences := needs.missing(postgres=options["database"] == "postgres"):
            raise CommandError(" ".join(sentences))
        # The history of hours is millions of objects: to look through all of them stops every client for as long.
        gc.set_threshold(10_000, 10, 1_000_000)
        # As with Ctrl-C: what was started is ended on the way out.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        book = Book(options["out"])
        with workplace() as directory:
            campaign = Campaign(
                faults=[registry.ALL[number] for number in numbers],
                engine=options["database"],
                seeds=range(options["seed"], options["seed"] + options["runs"]),
                seconds=options["seconds"],
                directory=directory,
                say=self._say,
            )
            with closing(campaign.run()) as results:
                for result in results:
                    book.add(result)
                    self.stdout.write(summary.text(result))
                    self.stdout.flush()
        self.stdout.write(f"Report: {options['out'] / 'report.html'}")
        missed = [result for result in book.results if result.lacking]
        for result in missed:
            self.stdout.write(f"Fault {result.number} was not staged: {result.lacking}.")
        staged = any(result.staged for result in book.results)
        if not staged:
            self.stdout.write("Nothing was staged: this proves nothing.")
        self.stdout.write(totals(book.results))
        if missed or not staged or not all(result.ok for result in book.results):
            sys.exit(1)

    def _say(self, what: str) -> None:
        self.stderr.write(what)
        self.stderr.flush()


def _numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise CommandError("--only wants numbers with commas between, such as 6,8.") from None
