"""The development server."""

from typing import Any

from daphne.management.commands.runserver import Command as DaphneRunserver
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(DaphneRunserver):
    """Daphne's `runserver`, which migrates first: it works on a fresh checkout, and after every change to a model."""

    def inner_run(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Migrating the database.")
            call_command("migrate", interactive=False, verbosity=0)
        super().inner_run(*args, **options)
