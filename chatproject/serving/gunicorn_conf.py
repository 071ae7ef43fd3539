"""How gunicorn runs Parley: `gunicorn -c python:chatproject.serving.gunicorn_conf`.

The environment gives the address and the number of workers. Behind a proxy, bind one UNIX socket a worker instead:
`--bind unix:/run/parley/worker-1.sock --bind unix:/run/parley/worker-2.sock`.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from chat.delivery.servers import open_to_all
from chatproject import env
from chatproject.serving import slots
from chatproject.serving.address import Address
from chatproject.serving.doors import doors
from chatproject.serving.forking import hear_signals_from_the_first
from chatproject.serving.succession import booting

_environment = env.read()

wsgi_app = "chatproject.asgi:application"
worker_class = "chatproject.serving.worker.DaphneWorker"
workers = _environment.workers
bind = [str(Address(_environment.host, _environment.port))]
backlog = 4096

timeout = 30
graceful_timeout = 30
# The workers' heart beat is a file; on a disk it would wait for other people's writes.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
loglevel = "warning"

# Where workers keep what they measure, so that any of them can tell it all. prometheus_client reads this when imported.
_measures = _environment.data_dir / "metrics"
os.environ.update(PROMETHEUS_MULTIPROC_DIR=str(_measures))


def on_starting(server: Any) -> None:
    hear_signals_from_the_first()
    if _measures.exists():
        shutil.rmtree(_measures)
    _measures.mkdir(parents=True)
    addresses = server.cfg.address
    if slots.are_apart(addresses) and server.cfg.workers != len(addresses):
        sys.exit(f"{len(addresses)} UNIX sockets need as many workers; WORKERS is {server.cfg.workers}.")
    for redis in open_to_all(_environment.redis_url) if _environment.redis_url else []:
        server.log.warning("The Redis at %s asks for no password: whoever reaches it can read messages.", redis)


def when_ready(server: Any) -> None:
    doors.build([listener.cfg_addr for listener in server.LISTENERS])


def pre_fork(server: Any, worker: Any) -> None:
    slots.assign(server.LISTENERS, live_workers=server.WORKERS.values(), worker=worker)
    booting.began(worker.age)


def worker_exit(server: Any, worker: Any) -> None:
    # In the worker itself: of one that cannot load the application the master tells nobody.
    booting.ended(worker.age)


def child_exit(server: Any, worker: Any) -> None:
    booting.ended(worker.age)
    doors.close(worker)
    # Not at the top: imported before the variable is set it would keep measures in memory, in the workers too.
    from prometheus_client import multiprocess

    # What a worker counted stays; what it was goes.
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    doors.remove()
