"""`bin/run`, less the installation: what it starts, keeps running, and leaves behind."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE

import pytest

from chatproject.serving import nginx, supervisor, valkey
from tests.deploy.supervised import Supervised, all_ended
from tests.serving.gunicorns import eventually, get

pytestmark = pytest.mark.system

Run = Callable[..., Supervised]


@dataclass(frozen=True)
class FirstRun:
    """What was seen of one, and its data, which are complete."""

    data_dir: Path
    family: list[int]
    modes: dict[Path, int]
    log: str
    status: int


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    place = tmp_path_factory.mktemp("first")
    (place / "outer").mkdir()
    data = place / "outer" / "data"
    parley = Supervised(place / "log", DATA_DIR=str(data))
    try:
        parley.ready()
        well = {"database": "ok", "migrations": "ok", "redis": "ok", "canary": "off", "draining": False}
        # A worker serves before it has heard itself over Redis.
        eventually(lambda: parley.checks() == well, "all is well")
        family = parley.family()
        modes = {path.relative_to(data): S_IMODE(path.lstat().st_mode) for path in [data, *data.rglob("*")]}
    finally:
        status = parley.stop()
    return FirstRun(data, family, modes, parley.log.read_text(), status)


@pytest.fixture
def run(tmp_path: Path, first: FirstRun) -> Iterator[Run]:
    """Starts Parley with one worker, on data of its own: a copy of the first run's, unless it shall be `empty`."""
    running: list[Supervised] = []

    def start(*arguments: str, data_dir: Path | None = None, empty: bool = False, **options: object) -> Supervised:
        options = {"WORKERS": "1"} | options
        place = data_dir or tmp_path / "data"
        if not empty and not place.exists():
            shutil.copytree(first.data_dir, place)
        running.append(Supervised(place, *arguments, **options))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_first_run_prepares_everything_and_stops_without_a_trace(first: FirstRun) -> None:
    assert "Creating the database." in first.log
    assert (first.data_dir / "static" / "admin").is_dir()
    assert len(first.family) == 4, "Valkey, gunicorn and two workers"
    assert first.status == 0
    assert all_ended(first.family)
    assert "Traceback" not in first.log


def test_what_it_keeps_is_nobody_elses_to_read(first: FirstRun) -> None:
    open_to_others = {path: oct(mode) for path, mode in first.modes.items() if mode & 0o077}
    assert {path for path in open_to_others if not path.is_relative_to("static")} == set()
    assert first.modes[Path()] == 0o700
    assert first.modes[Path("secret_key")] == 0o600
    assert {Path("parley.sqlite3"), Path("parley.sqlite3-wal"), Path("run")} <= first.modes.keys()


def test_a_second_run_has_nothing_to_prepare(run: Run) -> None:
    again = run().ready()
    assert again.log.read_text().splitlines() == [f"Parley is ready at http://127.0.0.1:{again.port}"]


def test_with_a_proxy_nginx_listens_and_serves_static_files(run: Run) -> None:
    parley = run("--proxy").ready()
    assert b"Server: nginx" in get(parley.port, "/livez")
    assert b"Cache-Control: public, max-age=60" in get(parley.port, "/static/admin/css/base.css")
    eventually(lambda: parley.checks()["redis"] == "ok", "it is found well")
    family = parley.family()
    assert parley.stop() == 0
    assert all_ended(family)


def test_a_dead_valkey_is_started_again(run: Run) -> None:
    parley = run().ready()
    os.kill(parley.child("-server "), signal.SIGKILL)
    # Not by asking the workers: it is back before they give it up.
    eventually(lambda: "alkey ended with status 137" in parley.log.read_text(), "it is missed")
    assert b" 200 " in get(parley.port, "/readyz"), "chat goes on without"
    eventually(lambda: parley.checks().get("redis") == "ok", "it is back")


def test_a_dead_nginx_is_started_again(run: Run) -> None:
    parley = run("--proxy").ready()
    os.kill(parley.child("nginx: master"), signal.SIGKILL)
    eventually(lambda: "nginx ended with status 137" in parley.log.read_text(), "it is missed")
    eventually(lambda: b"200 OK" in get(parley.port, "/livez"), "it is back")


def test_a_dead_gunicorn_ends_everything_with_its_status(run: Run) -> None:
    parley = run().ready()
    family = parley.family()
    os.kill(parley.child("-m gunicorn"), signal.SIGKILL)
    assert parley.wait() == 137
    assert all_ended(family)


def test_the_death_of_the_supervisor_takes_everything_with_it(run: Run) -> None:
    parley = run("--proxy").ready()
    family = parley.family()
    parley.process.kill()
    eventually(lambda: all_ended(family), "they end")


def test_a_hangup_replaces_the_workers(run: Run) -> None:
    parley = run(WORKERS="2").ready()
    before = set(parley.family())
    parley.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(before - set(parley.family())) == 2, "both workers are replaced")
    assert b"200 OK" in get(parley.port, "/livez")


def test_a_termination_while_it_starts_leaves_nothing(run: Run) -> None:
    parley = run(empty=True)
    eventually(lambda: bool(parley.family()), "something runs")
    family = parley.family()
    parley.process.terminate()
    assert parley.wait() == 0
    assert all_ended(family)


def test_a_port_in_use_is_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        parley = run(port=port)
        assert parley.wait() == 2
    assert parley.log.read_text() == (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use. HOST and PORT choose another.\n"
    )


def test_data_in_use_is_one_line(run: Run) -> None:
    first = run().ready()
    second = Supervised(first.data_dir / "..", DATA_DIR=str(first.data_dir))
    assert second.wait() == 2
    assert second.log.read_text() == (f"Parley is running already with {first.data_dir}; DATA_DIR chooses another.\n")


def test_a_wrong_environment_is_named(run: Run) -> None:
    parley = run(WORKERS="none")
    assert parley.wait() == 2
    assert "WORKERS: " in parley.log.read_text()


def test_no_nginx_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise nginx.ProxyMissing

    monkeypatch.setattr(nginx, "binary", missing)
    monkeypatch.setattr("sys.argv", ["supervisor", "--proxy"])
    with pytest.raises(SystemExit) as given_up:
        supervisor.main()
    assert given_up.value.code == 2


def test_a_deep_data_dir_is_no_obstacle(run: Run, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-long-name-that-is-nobody's-fault"] * 4)
    parley = run("--proxy", data_dir=deep).ready()
    eventually(lambda: parley.checks()["redis"] == "ok", "it is found well")
    assert parley.stop() == 0


def test_a_redis_of_ones_own_is_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.sock"
    own = subprocess.Popen(valkey.command(path))
    try:
        parley = run(REDIS_URL=valkey.url(path)).ready()
        eventually(lambda: parley.checks()["redis"] == "ok", "it is found well")
        assert len(parley.family()) == 2, "gunicorn and its worker"
    finally:
        own.terminate()
        own.wait(10)
