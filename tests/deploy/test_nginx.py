"""The shipped nginx.conf, run by a real nginx."""

import gzip
import os
import signal
import subprocess
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chatproject.serving import nginx
from tests.deploy.proxies import Proxy, programs
from tests.serving.gunicorns import Gunicorn, eventually, get, is_alive, pid_behind
from tests.serving.gunicorns import connect as raw_connect

HASHED = "main.0123456789ab.js"


def refuses(path: Path) -> bool:
    try:
        raw_connect(path).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("program", programs())
def test_every_nginx_takes_the_configuration(program: str, tmp_path: Path) -> None:
    site = nginx.Site(
        address="127.0.0.1:8000",
        worker_sockets=[tmp_path / "worker-1.sock"],
        directory=tmp_path,
        static=tmp_path / "with a space",
    )
    checked = subprocess.run([*nginx.command(program, site), "-t"], capture_output=True, text=True, timeout=30)
    assert "test is successful" in checked.stderr, checked.stderr
    assert "warn" not in checked.stderr


def test_the_file_that_operators_get_is_a_configuration(tmp_path: Path) -> None:
    text = nginx.TEMPLATE.read_text()
    for path in ("/run/nginx.pid", "/var/log/nginx/", "/var/lib/nginx/"):
        (tmp_path / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        text = text.replace(path, f"{tmp_path}{path}")
    (tmp_path / "var/log/nginx").mkdir()
    (tmp_path / "var/lib/nginx").mkdir()
    (tmp_path / "nginx.conf").write_text(text.replace("user www-data;", ""))
    checked = subprocess.run(
        [nginx.binary(), "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, timeout=30
    )
    assert "test is successful" in checked.stderr, checked.stderr


def test_every_worker_is_in_the_rendered_configuration(tmp_path: Path) -> None:
    sockets = [tmp_path / f"worker-{number}.sock" for number in range(1, 6)]
    site = nginx.Site(address="[::1]:81", worker_sockets=sockets, directory=tmp_path, static=tmp_path)
    text = nginx.render(site, as_root=False, gzip_static=False)
    assert text.count("server unix:") + text.count('server "unix:') == 5
    assert "listen [::1]:81 backlog=4096;" in text
    assert "/run/parley" not in text
    assert "/var/" not in text.replace(str(tmp_path), "")
    assert "user " not in text.splitlines()


def test_what_a_client_says_about_itself_is_overwritten(proxy: Proxy) -> None:
    lines = get(
        proxy.port,
        X_Real_IP="203.0.113.9",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="https",
        Daphne_Root_Path="/evil",
    ).splitlines()
    assert {b"x-real-ip: 127.0.0.1", b"x-forwarded-for: 127.0.0.1", b"x-forwarded-proto: http"} <= set(lines)
    assert not [line for line in lines if b"203.0.113.9" in line or b"evil" in line or line == b"https"]


def test_underscores_in_headers_do_not_get_through(proxy: Proxy) -> None:
    with raw_connect(proxy.port) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX_Real_IP: 203.0.113.9\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: stream.recv(65536), b""))
    assert b"203.0.113.9" not in answer


def test_the_host_keeps_its_port(proxy: Proxy) -> None:
    with raw_connect(proxy.port) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: chat.test:8443\r\nConnection: close\r\n\r\n")
        assert b"host: chat.test:8443" in b"".join(iter(lambda: stream.recv(65536), b""))


def test_only_a_websocket_is_an_upgrade(proxy: Proxy) -> None:
    lines = get(proxy.port, Upgrade="h2c").splitlines()
    assert not [line for line in lines if line.startswith(b"upgrade:")]


async def test_a_websocket_goes_through(proxy: Proxy) -> None:
    async with connect(f"ws://127.0.0.1:{proxy.port}/ws/") as socket:
        await socket.send("size 700000")
        assert len(await socket.recv()) == 700_000
        await socket.send("close 4401 sign in")
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (4401, "sign in")


async def test_a_refused_websocket_stays_refused(proxy: Proxy) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{proxy.port}/rejected")
    assert refused.value.response.status_code == 403


def test_a_body_over_a_mebibyte_is_refused(proxy: Proxy) -> None:
    with raw_connect(proxy.port) as stream:
        stream.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n")
        assert stream.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_hashed_static_files_are_immutable_and_others_are_not(proxy: Proxy) -> None:
    (proxy.static / HASHED).write_text("let a;")
    (proxy.static / "plain.css").write_text("a {}")
    hashed, plain = get(proxy.port, f"/static/{HASHED}"), get(proxy.port, "/static/plain.css")
    assert b"Cache-Control: public, max-age=31536000, immutable" in hashed
    assert b"Content-Type: text/javascript" in hashed
    assert b"X-Content-Type-Options: nosniff" in hashed
    assert b"Cache-Control: public, max-age=60\r" in plain
    assert b" 404 " in get(proxy.port, "/static/none.js")


@pytest.mark.parametrize("path", ["/static/../nginx.conf", "/static../nginx.conf", "/static/%2e%2e/nginx.conf"])
def test_nothing_beside_the_static_files_is_served(proxy: Proxy, path: str) -> None:
    assert b"worker_processes" not in get(proxy.port, path)


def test_compressed_static_files_are_used(workers: Gunicorn, tmp_path: Path) -> None:
    with_module = [program for program in programs() if nginx.has_gzip_static(program)]
    if not with_module:
        pytest.fail("no nginx with gzip_static on this machine: install nginx-light")
    proxy = Proxy(tmp_path / "run", workers, program=with_module[0])
    try:
        (proxy.static / HASHED).write_text("let a;")
        (proxy.static / f"{HASHED}.gz").write_bytes(gzip.compress(b"let compressed;"))
        answer = get(proxy.port, f"/static/{HASHED}", Accept_Encoding="gzip")
    finally:
        proxy.stop()
    assert b"Content-Encoding: gzip" in answer
    assert gzip.decompress(answer.partition(b"\r\n\r\n")[2]) == b"let compressed;"


def test_no_query_string_is_logged(proxy: Proxy) -> None:
    get(proxy.port, "/reset?token=secret")
    eventually(lambda: '"GET /reset" 200' in proxy.log.read_text(), "the request is logged")
    assert "secret" not in proxy.log.read_text()


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_monitoring_is_open_to_this_machine(proxy: Proxy, path: str) -> None:
    assert b" 200 " in get(proxy.port, path)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_nobody_waits_for_the_successor_of_one_that_is_gone(number: signal.Signals, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gunicorn = Gunicorn(tmp_path, workers=3, unix=True, TRUSTED_PROXY="1", ECHO_GATE=str(gate))
    proxy = Proxy(tmp_path / "run", gunicorn)
    try:
        url = f"ws://127.0.0.1:{proxy.port}/ws/"
        others = [await connect(url) for _ in range(9)]
        victims = [pid_behind(path) for path in gunicorn.sockets[:2]]
        gate.touch()
        for victim in victims:
            os.kill(victim, number)
        eventually(lambda: all(refuses(path) for path in gunicorn.sockets[:2]), "the master has seen it")
        left = str(pid_behind(gunicorn.sockets[2])).encode()
        # Most of them have their sockets there, so least_conn knocks at the other two.
        for _ in range(20):
            assert left in get(proxy.port).splitlines()
        async with connect(url) as socket:
            await socket.send("pid")
            assert await socket.recv() == left.decode()
        gate.unlink()
        eventually(lambda: all(get(path) for path in gunicorn.sockets), "everybody serves again")
        assert b"200 OK" in get(proxy.port)
        for other in others:
            other.transport.abort()
    finally:
        gate.unlink(missing_ok=True)
        proxy.stop()
        gunicorn.stop()
    log = gunicorn.log.read_text()
    assert "Traceback" not in log, log
    assert not list(tmp_path.glob("*.sock*"))


def test_requests_go_on_while_a_worker_is_replaced(proxy: Proxy, workers: Gunicorn) -> None:
    victim = pid_behind(workers.sockets[0])
    os.kill(victim, signal.SIGKILL)
    for _ in range(100):
        assert b" 200 " in get(proxy.port)
    eventually(lambda: not is_alive(victim), "it is dead")
    eventually(lambda: b"200 OK" in get(workers.sockets[0]), "its successor serves")
    assert pid_behind(workers.sockets[0]) != victim


def test_when_nobody_serves_those_who_come_wait_for_the_first_who_does(proxy: Proxy, workers: Gunicorn) -> None:
    for path in workers.sockets:
        os.kill(pid_behind(path), signal.SIGKILL)
    eventually(lambda: b"200 OK" in get(proxy.port), "somebody serves")
    for _ in range(10):
        assert b"200 OK" in get(proxy.port)
    eventually(lambda: all(get(path) for path in workers.sockets), "everybody serves")


@pytest.mark.system
async def test_a_thousand_sockets_spread_evenly(proxy: Proxy, workers: Gunicorn) -> None:
    url = f"ws://127.0.0.1:{proxy.port}/ws/"
    sockets, counts = [], dict.fromkeys((pid_behind(path) for path in workers.sockets), 0)
    try:
        for _ in range(1000):
            socket = await connect(url, ping_interval=None)
            sockets.append(socket)
            await socket.send("pid")
            counts[int(await socket.recv())] += 1
    finally:
        for socket in sockets:
            socket.transport.abort()
    assert len(counts) == 2
    assert all(400 <= count <= 600 for count in counts.values()), counts
