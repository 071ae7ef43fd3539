"""For whoever watches the process: is it alive, and should it get work?"""

import logging
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import runtime

logger = logging.getLogger(__name__)

Check = Literal["ok", "down", "off", "pending", "unknown", "unsaved", "disordered", "late", "lost"]


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 `ok`: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the process should get work, 503 when not, and the checks as JSON.

    Redis down, or a canary in trouble, is `degraded` and ready: messages still arrive, about a second late across
    workers. Blocks for seconds when the database hangs; Django runs it in a thread.
    """
    database, migrations = _database()
    checks: dict[str, Check | bool] = {
        "database": database,
        "migrations": migrations,
        "redis": _redis(),
        "canary": _canary(),
        "draining": runtime.is_draining(),
    }
    status = _status(checks)
    return JsonResponse({"status": status, "checks": checks}, status=200 if status in ("ready", "degraded") else 503)


def _status(checks: dict[str, Check | bool]) -> str:
    if checks["draining"]:
        return "draining"
    if checks["database"] != "ok" or checks["migrations"] != "ok":
        return "unavailable"
    fine = checks["redis"] != "down" and checks["canary"] in ("ok", "off")
    return "ready" if fine else "degraded"


def _database() -> tuple[Check, Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok", "ok" if _migrated() else "pending"
    except DatabaseError:
        logger.warning("the database does not answer", exc_info=True)
        return "down", "unknown"


_seen_migrated = False


def _migrated() -> bool:
    # Reading the migrations costs tens of milliseconds of the interpreter's lock, and done stays done.
    global _seen_migrated
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        _seen_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen_migrated


def _redis() -> Check:
    """As this worker's probes tell: whether what it sends comes back."""
    if not settings.REDIS_URL:
        return "off"
    live = runtime.running()
    return "ok" if live is not None and all(shard.link.well for shard in live.hub.links) else "down"


def _canary() -> Check:
    live = runtime.running()
    if live is None or live.canary is None:
        return "off"
    return live.canary.trouble or "ok"
