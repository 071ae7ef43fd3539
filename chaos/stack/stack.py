"""The real product, started as its users start it, and broken on purpose."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from chaos.clients.site import Site
from chaos.clients.tab import Account, Tab
from chaos.oracle.history import History
from chaos.proxy import FaultProxy
from chaos.stack.database import Database
from chaos.stack.front import Front
from chaos.stack.layout import Layout
from chaos.stack.memory import resident
from chaos.stack.population import Made, Plan
from chaos.stack.ports import free_port
from chaos.stack.postgres_server import PostgresServer
from chaos.stack.process import Process
from chaos.stack.redis_side import RedisSide
from chaos.stack.shelf import STATIC
from chaos.stack.small_disk import SmallDisk
from chaos.stack.sockets import peers_of

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
# Of a machine that is asked for ten times what it has.
COMMAND_SECONDS, START_SECONDS = 300.0, 120.0


class Stack:
    """Redis, a migrated database, people and rooms, and gunicorn with two daphne workers on a free port.

    `database`: an empty one, which is removed when the stack stops. Proxies live in the event loop that calls `start`.
    """

    def __init__(self, directory: Path, plan: Plan, *, database: Database, layout: Layout | None = None) -> None:
        self.directory, self.plan, self.database, self.layout = directory, plan, database, layout or Layout()
        self.redis_side = RedisSide(self.layout)
        self.redis = self.redis_side.server
        self.database_proxy = FaultProxy(self._reach_database)
        self.host = f"127.0.0.1:{free_port()}"
        self.site = Site(self.host)
        self.made = Made(people={}, sessions={}, rooms={})
        self.front: Front | None = None
        self.gunicorn: Process | None = None
        self.server: PostgresServer | None = None
        """The PostgreSQL under the database, where it may be broken."""
        self.disk: SmallDisk | None = None

    # -- as a user would ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Return when both workers serve."""
        self.directory.mkdir(parents=True, exist_ok=True)
        await self.redis_side.start()
        if self.layout.database_proxy and self.database.is_postgres:
            await self.database_proxy.start()
        if self.layout.nginx:
            self.front = Front(self.directory, host=self.host, workers=WORKERS, static=self.directory / "static")
        await self._collect(self.directory / "static")
        made = await self._run("-m", "chaos.stack.population", given=json.dumps(asdict(self.plan)))
        self.made = Made(**json.loads(made))
        await self.serve()

    async def serve(self) -> None:
        """Start the server itself, and nginx where there is one. Return when both workers serve."""
        conf = "chaos.sabotage.gunicorn_conf" if self.layout.sabotage else "chatproject.serving.gunicorn_conf"
        binds = [f"--bind=unix:{path}" for path in self.front.sockets] if self.front else []
        self.gunicorn = Process(
            [sys.executable, "-m", "gunicorn", "-c", f"python:{conf}", *binds],
            log=self.log_file,
            env=self._environment(),
            cwd=ROOT,
        )
        if self.front and not self.front.running:
            self.front.start()
        await self.until_served()

    async def stop(self) -> None:
        """End everything that was started."""
        try:
            if self.front is not None:
                self.front.stop()
            if self.gunicorn is not None:
                self.gunicorn.stop()
        finally:
            await self.database_proxy.stop()
            await self.redis_side.remove()
            self.database.drop()

    async def until_served(self) -> None:
        """Wait until there are two workers and the server answers; behind nginx, until both do."""
        begun = time.monotonic()
        while len(self.workers()) < WORKERS or not await self._answers():
            running = self.gunicorn is not None and self.gunicorn.running
            if not running or time.monotonic() - begun > START_SECONDS:
                raise AssertionError(f"the server does not serve:\n{self.log()[-5000:]}")
            await asyncio.sleep(0.1)
        if self.front:
            async with asyncio.timeout(START_SECONDS):
                await self.front.workers_answer()

    async def manage(self, *arguments: str) -> str:
        """The output of a management command. Raises AssertionError where it fails."""
        return await self._run("manage.py", *arguments)

    def account(self, name: str, *, session: int = 0) -> Account:
        return Account(id=self.made.people[name], name=name, session=self.made.sessions[name][session])

    def room(self, slug: str) -> int:
        return self.made.rooms[slug]

    def tab(self, name: str, *, history: History, seed: str, label: str = "", session: int = 0, host: str = "") -> Tab:
        """A tab of that person, not yet started. `host`: the way to the server, where that is not the usual one."""
        account = self.account(name, session=session)
        return Tab(label or name, account=account, host=host or self.host, history=history, seed=seed)

    # -- what goes on inside -----------------------------------------------------------------------------------------

    @property
    def log_file(self) -> Path:
        return self.directory / "parley.log"

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def workers(self) -> list[int]:
        """The process ids of the workers, oldest first."""
        return sorted(self.gunicorn.children()) if self.gunicorn else []

    def memory(self) -> int:
        """Bytes that all workers together have resident."""
        return sum(resident(pid) for pid in self.workers())

    def worker_of(self, tab: Tab) -> int | None:
        """The process id of the worker that serves a tab, where no nginx is between."""
        if tab.wire is None:
            return None
        port = int(self.host.rpartition(":")[2])
        return next((pid for pid in self.workers() if tab.wire.local_port in peers_of(pid, port)), None)

    def spread(self, tabs: Sequence[Tab]) -> dict[int, list[Tab]]:
        """The tabs by worker; those between two connections are left out."""
        port = int(self.host.rpartition(":")[2])
        peers = {pid: peers_of(pid, port) for pid in self.workers()}
        return {pid: [tab for tab in tabs if tab.wire and tab.wire.local_port in peers[pid]] for pid in peers}

    def hosts_of(self, slug: str) -> dict[str, str]:
        """The worker of each person present in a room, as the workers tell each other through Redis."""
        with self.redis.client() as client:
            entries: dict[bytes, bytes] = client.hgetall(f"parley:presence:{self.room(slug)}")
        people = {worker.decode(): json.loads(value)["people"] for worker, value in entries.items()}
        return {name: worker for worker, present in people.items() for _, name in present}

    async def spread_out(self, tabs: Sequence[Tab], *, least: int = 3) -> None:
        """Have tabs reconnect until every worker serves some."""
        async with asyncio.timeout(30):
            while True:
                await asyncio.gather(*(tab.online.wait() for tab in tabs))
                groups = sorted(self.spread(tabs).values(), key=len)
                if len(groups) == WORKERS and len(groups[0]) >= least:
                    return
                for tab in groups[-1][: 1 + len(groups[-1]) // 3]:
                    await tab.drop()
                    tab.hurry()

    async def put(self, tab: Tab, worker: int) -> None:
        """Have a tab reconnect until this worker serves it."""
        async with asyncio.timeout(30):
            while self.worker_of(tab) != worker:
                await tab.drop()
                tab.hurry()
                await tab.online.wait()

    # -- accidents ---------------------------------------------------------------------------------------------------

    def kill_worker(self, pid: int) -> None:
        """SIGKILL; gunicorn starts another one."""
        assert pid in self.workers()
        os.kill(pid, signal.SIGKILL)

    async def heal(self) -> None:
        """Leave Redis running and empty, and both workers serving, whatever happened before."""
        self.redis.restart()
        await self.until_served()

    # ----------------------------------------------------------------------------------------------------------------

    async def _collect(self, static: Path) -> None:
        if not STATIC.lend(static):
            await self.manage("collectstatic", "--noinput", "--verbosity", "0")
            STATIC.keep(static)

    def _environment(self) -> dict[str, str]:
        host, _, port = self.host.rpartition(":")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "DJANGO_SETTINGS_MODULE": "chatproject.settings",
            "DATA_DIR": str(self.directory),
            "DATABASE_URL": self.database.url_by(self.database_proxy.host if self.database_proxy.port else ""),
            "REDIS_URL": self.redis_side.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "HOST": host,
            "PORT": port,
            "WORKERS": str(WORKERS),
            **({"TRUSTED_PROXY": "1"} if self.front else {}),
            **self.layout.env,
        }

    async def _reach_database(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address, _, port = self.database.address.rpartition(":")
        return await asyncio.open_connection(address, int(port))

    async def _run(self, *arguments: str, given: str = "") -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
            cwd=ROOT,
        )
        out, err = await asyncio.wait_for(process.communicate(given.encode()), COMMAND_SECONDS)
        assert process.returncode == 0, f"{arguments}: {err.decode()}"
        return out.decode()

    async def _answers(self) -> bool:
        try:
            return (await self.site.call("GET", "/livez")).status == 200
        except OSError:
            return False
