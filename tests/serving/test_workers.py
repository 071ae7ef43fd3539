"""Workers come and go; the address stays."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect as websocket

from tests.serving.conftest import Serve
from tests.serving.ends import end_of
from tests.serving.gunicorns import connect, eventually, get, is_alive, pid_behind
from tests.serving.raw import RawSocket


def test_a_killed_worker_is_replaced(serve: Serve) -> None:
    gunicorn = serve()
    (worker,) = gunicorn.worker_pids()
    os.kill(worker, signal.SIGKILL)
    assert pid_behind(gunicorn.port) not in (0, worker)
    assert len(gunicorn.worker_pids()) == 1


def test_all_workers_accept_on_a_shared_tcp_port(serve: Serve) -> None:
    gunicorn = serve(workers=2)
    seen: set[int] = set()

    def both_answered() -> bool:
        seen.add(pid_behind(gunicorn.port))
        return seen == set(gunicorn.worker_pids())

    eventually(both_answered, "both answered")


def test_each_worker_accepts_on_one_unix_socket_of_its_own(serve: Serve) -> None:
    gunicorn = serve(workers=3, unix=True)
    owners = [{pid_behind(path) for _ in range(5)} for path in gunicorn.sockets]
    assert [len(pids) for pids in owners] == [1, 1, 1]
    assert set.union(*owners) == set(gunicorn.worker_pids())


def test_a_successor_takes_the_unix_socket_of_the_dead(serve: Serve) -> None:
    gunicorn = serve(workers=3, unix=True)
    first, second, third = (pid_behind(path) for path in gunicorn.sockets)
    os.kill(second, signal.SIGKILL)
    # Meanwhile it refuses, so that a proxy tries another.
    eventually(lambda: bool(get(gunicorn.sockets[1])), "it is served again")
    assert pid_behind(gunicorn.sockets[1]) not in (first, second, third)
    assert [pid_behind(gunicorn.sockets[0]), pid_behind(gunicorn.sockets[2])] == [first, third]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_just_forked_hears_that_it_shall_leave(
    serve: Serve, number: signal.Signals, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    gunicorn = serve(ECHO_GATE=str(gate))
    (worker,) = gunicorn.worker_pids()
    gate.touch()
    for _ in range(5):
        os.kill(worker, signal.SIGKILL)
        old = worker
        while (worker := next(iter(gunicorn.worker_pids()), old)) == old:
            pass
        os.kill(worker, number)
        eventually(lambda worker=worker: not is_alive(worker), "it leaves before it has loaded")
        eventually(lambda: bool(gunicorn.worker_pids()), "another one is there")
        (worker,) = gunicorn.worker_pids()
    gate.unlink()


def test_a_roll_leaves_every_unix_socket_served(serve: Serve) -> None:
    gunicorn = serve(workers=2, unix=True)
    before = {pid_behind(path) for path in gunicorn.sockets}
    gunicorn.send(signal.SIGHUP)
    eventually(lambda: not any(is_alive(pid) for pid in before), "the old workers end")
    after = [{pid_behind(path) for _ in range(5)} for path in gunicorn.sockets]
    assert [len(pids) for pids in after] == [1, 1]
    assert not before & set.union(*after)


async def test_of_a_roll_nobody_is_sent_away_before_the_new_workers_are_loaded(serve: Serve, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    gunicorn = serve(workers=2, ECHO_BOOT=f"2 {loaded}")
    clients = await asyncio.gather(*(websocket(gunicorn.url) for _ in range(20)))
    old = gunicorn.worker_pids()
    gunicorn.send(signal.SIGHUP)
    ends = asyncio.as_completed([end_of(client) for client in clients])
    assert (await next(ends)).code == 1012
    assert len({*loaded.read_text().split()} - {str(pid) for pid in old}) == 2
    assert {(await end).code for end in ends} == {1012}
    eventually(lambda: not any(is_alive(pid) for pid in old), "the old workers end")


def test_a_roll_to_what_cannot_be_loaded_ends_the_server_without_waiting_for_it(serve: Serve, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    gunicorn = serve(workers=2, ECHO_BROKEN=str(broken))
    broken.touch()
    gunicorn.send(signal.SIGHUP)
    assert gunicorn.wait() != 0
    assert "Leaving though" not in gunicorn.log.read_text()


def test_a_shutdown_during_a_roll_ends_old_and_new(serve: Serve, tmp_path: Path) -> None:
    gunicorn = serve(ECHO_BOOT=f"2 {tmp_path / 'loaded'}")
    gunicorn.send(signal.SIGHUP)
    eventually(lambda: len(gunicorn.worker_pids()) == 2, "the successor is forked")
    workers = gunicorn.worker_pids()
    gunicorn.send(signal.SIGTERM)
    assert gunicorn.wait() == 0
    assert not any(is_alive(pid) for pid in workers)


def test_a_draining_worker_leaves_the_socket_to_its_file_mode_and_backlog(serve: Serve) -> None:
    gunicorn = serve(unix=True)
    (path,) = gunicorn.sockets
    mode = stat.S_IMODE(path.stat().st_mode)
    (worker,) = gunicorn.worker_pids()
    os.kill(worker, signal.SIGTERM)
    eventually(lambda: not is_alive(worker), "the worker ends")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert pid_behind(path) != worker


def test_a_stuck_worker_tells_where_and_is_replaced(serve: Serve) -> None:
    gunicorn = serve(GUNICORN_CMD_ARGS="--timeout=3")
    worker = pid_behind(gunicorn.port)
    with RawSocket(gunicorn.port) as client:
        client.send("block 60")
        eventually(lambda: not is_alive(worker), "the stuck worker is ended")
    assert pid_behind(gunicorn.port) != worker
    log = gunicorn.log.read_text()
    assert "WORKER TIMEOUT" in log
    assert 'echo.py", line' in log


@pytest.mark.parametrize("unix", [False, True])
def test_hundreds_of_clients_may_knock_at_once(serve: Serve, unix: bool) -> None:
    gunicorn = serve(unix=unix)
    (worker,) = gunicorn.worker_pids()
    (target,) = gunicorn.targets()
    os.kill(worker, signal.SIGSTOP)
    try:
        knocking = [connect(target) for _ in range(500)]
    finally:
        os.kill(worker, signal.SIGCONT)
    for stream in knocking:
        stream.close()
    assert b"200 OK" in get(target)


def test_more_unix_sockets_than_workers_are_refused(tmp_path: Path) -> None:
    binds = [f"--bind=unix:{tmp_path}/{number}.sock" for number in range(3)]
    refused = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf", *binds],
        env={**os.environ, "DATA_DIR": str(tmp_path), "WORKERS": "2"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "3 UNIX sockets need as many workers; WORKERS is 2." in refused.stderr
    assert refused.returncode != 0


def test_a_proxys_word_is_taken_only_where_it_is_trusted(serve: Serve) -> None:
    lines = get(serve().port, X_Real_IP="203.0.113.9", X_Forwarded_Proto="https").splitlines()
    assert {b"127.0.0.1", b"http"} <= set(lines)
    assert b"203.0.113.9" not in lines


def test_a_trusted_proxy_names_the_client_and_the_scheme(serve: Serve) -> None:
    gunicorn = serve(unix=True, TRUSTED_PROXY="1")
    lines = get(gunicorn.sockets[0], X_Real_IP="203.0.113.9", X_Forwarded_Proto="https").splitlines()
    assert {b"203.0.113.9", b"https"} <= set(lines)


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("redis://:secret@redis.example.org:6379/0", False),
        ("redis://localhost,redis://redis.example.org:6379/0", True),
    ],
)
def test_a_redis_that_is_open_to_all_is_told_of_at_the_start(serve: Serve, url: str, warned: bool) -> None:
    told = "The Redis at redis.example.org:6379/0 asks for no password: whoever reaches it can read messages."
    log = serve(REDIS_URL=url).log.read_text()
    assert (told in log) == warned
    assert "secret" not in log
