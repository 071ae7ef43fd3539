"""All of Parley with one command: `python -m chatproject.serving.supervisor [--proxy]`, which `bin/run` calls."""

import argparse
import asyncio
import os
import resource
import signal
import sys
from collections.abc import Coroutine
from functools import partial

from chatproject import env
from chatproject.serving import nginx, probes, valkey
from chatproject.serving.address import Address, CannotListen
from chatproject.serving.places import AlreadyRunning, Places
from chatproject.serving.service import Service

GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf"]
PREPARE = [sys.executable, "-m", "chatproject.serving.prepare"]
OPEN_FILES = 65_536
START_SECONDS = 60.0
STOP_SECONDS = 5.0
# A little more than gunicorn's graceful timeout.
WEB_STOP_SECONDS = 35.0


class Failed(Exception):
    """Parley cannot run: a sentence for the person who started it, and the exit status."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Supervisor:
    """Runs Valkey unless there is a REDIS_URL, gunicorn, and nginx where `proxy` names its program."""

    def __init__(self, environment: env.Environment, places: Places, *, proxy: str | None) -> None:
        self.environment, self.places, self.proxy = environment, places, proxy
        self.address = Address(environment.host, environment.port)
        self.variables = {**os.environ, "DATA_DIR": str(environment.data_dir)}
        self.started: list[Service] = []
        self.keepers: list[asyncio.Task[None]] = []

    async def run(self) -> int:
        """Until gunicorn ends: its exit status. Leaves nothing running, whatever happens."""
        try:
            await self._prepare()
            valkey_service = None if self.environment.redis_url else await self._start_valkey()
