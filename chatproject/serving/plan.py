"""Which processes make up Parley, for an environment."""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from chatproject.env import Environment
from chatproject.serving import nginx, probes, valkey
from chatproject.serving.address import Address
from chatproject.serving.places import Places
from chatproject.serving.service import Probe, Service

PREPARE = [sys.executable, "-m", "chatproject.serving.prepare"]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf"]


class Plan:
    """The processes, none of them started; what is None is not run. `prepare` is to end before the others start.

    With `proxy`, the path of nginx, that listens on the address, and each worker on a UNIX socket of its own.
    """

    def __init__(self, environment: Environment, places: Places, *, proxy: str | None) -> None:
        self._environment, self._places = environment, places
        self._address = Address(environment.host, environment.port)
        self._variables = {**os.environ, "DATA_DIR": str(environment.data_dir)}
        self.prepare = Service("prepare", PREPARE, variables=self._variables)
        self.valkey = None if environment.redis_url else self._valkey()
        self.nginx = self._nginx(proxy) if proxy else None
        self.web = self._web_behind_proxy() if proxy else self._web()

    def _valkey(self) -> Service:
        path = self._places.valkey_socket()
        self._variables["REDIS_URL"] = valkey.url(path)
        probe = partial(probes.valkey_answers, path)
        log = valkey.log(path)
        return Service("Valkey", valkey.command(path), variables=self._variables, probes=[probe], log=log)

    def _nginx(self, program: str) -> Service:
        self._variables["TRUSTED_PROXY"] = "1"
        site = nginx.Site(
            address=str(self._address),
            worker_sockets=self._worker_sockets(),
            directory=self._places.directory,
            static=self._environment.data_dir / "static",
        )
        command = nginx.command(program, site)
        return Service("nginx", command, variables=self._variables, probes=[self._answers_at_address()])

    def _web(self) -> Service:
        return Service("gunicorn", GUNICORN, variables=self._variables, probes=[self._answers_at_address()])

    def _web_behind_proxy(self) -> Service:
        sockets = self._worker_sockets()
        answers = [self._answers(partial(asyncio.open_unix_connection, path)) for path in sockets]
        command = [*GUNICORN, *(f"--bind=unix:{path}" for path in sockets)]
        return Service("gunicorn", command, variables=self._variables, probes=answers)

    def _worker_sockets(self) -> list[Path]:
        return [self._places.worker_socket(number + 1) for number in range(self._environment.workers)]

    def _answers_at_address(self) -> Probe:
        return self._answers(partial(asyncio.open_connection, self._address.reachable_host(), self._address.port))

    def _answers(self, connect: probes.Connect) -> Probe:
        # Any other name would be refused, and logged as an attack.
        host = self._environment.allowed_hosts[0].lstrip("*.") or "localhost"
        return partial(probes.http_answers, connect, host=host)
