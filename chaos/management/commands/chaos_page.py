"""`manage.py chaos_page`: puts what campaigns found into docs/reliability.md."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Write the figures of these reports into docs/reliability.md, and into chaos/results/reference.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reports", nargs="+", type=Path, metavar="report.json", help="what manage.py chaos wrote")
        parser.add_argument("--add", action="store_true", help="to what the page shows already, not in its place")

    def handle(self, *arguments: Any, **options: Any) -> None:
        from chaos.report import summary, tables
        from chaos.report.digest import Digest, ToldAlready

        digest = Digest.of([result for file in options["reports"] for result in summary.read(file)])
        if options["add"]:
            try:
                digest = Digest.read(tables.REFERENCE).and_also(digest)
            except ToldAlready as reason:
                raise CommandError(str(reason)) from None
        page = tables.filled(tables.PAGE.read_text(), digest)
        digest.write(tables.REFERENCE)
        tables.PAGE.write_text(page)
