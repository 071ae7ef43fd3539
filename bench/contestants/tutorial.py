"""The chat of the Channels tutorial on stock Daphne."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.contestants.plain import DIALECT, people, served
from bench.contestants.serving import Serving
from bench.contestants.stores import redis, workspace
from bench.places import PYTHON, ROOT
from bench.process import free_port

LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pub/sub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


@dataclass(frozen=True)
class Tutorial:
    """With one of the two Redis layers; `saves` adds a row for every message before it is sent on.

    More than a few messages under way only fill its queues (the core layer drops what is over 100).
    """

    layer: str
    saves: bool = False
    window: int = 8

    @property
    def name(self) -> str:
        return f"Channels tutorial, {self.layer}{', saving' if self.saves else ''}"

    @contextmanager
    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> Iterator[Serving]:
        port = free_port()
        command = [PYTHON, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
        command += ["bench.peers.tutorial.asgi:application"]
        with workspace() as directory, redis(directory) as broker:
            variables = {
                "REDIS_URL": broker.url,
                "TUTORIAL_LAYER": LAYERS[self.layer],
                "TUTORIAL_SAVES": "1" if self.saves else "0",
                "TUTORIAL_DATABASE": str(directory / "tutorial.sqlite3"),
                "DJANGO_SETTINGS_MODULE": "bench.peers.tutorial.settings",
            }
            migrate = [str(PYTHON), "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
            subprocess.run(migrate, check=True, cwd=ROOT, env={**os.environ, **variables})  # noqa: S603
            with served(command, port=port, directory=directory, variables=variables) as pid:
                yield Serving(dialect=DIALECT, ports=[port], pids=[pid], stores=[broker.pid], people=people(sizes))
