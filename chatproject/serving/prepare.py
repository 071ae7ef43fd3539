"""What must be true before the workers start: the schema, the demo, the static files.

`python -m chatproject.serving.prepare`; says what it does, and nothing when there is nothing to do.
"""

import hashlib
import os

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    migrate()
    collect_static()


def migrate() -> None:
    """Bring the schema up to date; a database that was empty gets the demo."""
    executor = MigrationExecutor(connection)
    new = not executor.loader.applied_migrations
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    print("Creating the database." if new else "Migrating the database.", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    if new:
        call_command("demo_data")


def collect_static() -> None:
    """Copy the static files when their sources are not what they were the last time."""
    stamp, now = settings.DATA_DIR / "static.stamp", _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    print("Collecting the static files.", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _fingerprint() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = os.stat(storage.path(path))
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    django.setup()
    main()
