"""Parley as it stands on the internet: the shipped nginx.conf with a certificate, before workers behind HTTPS."""

import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPSConnection
from pathlib import Path
from socket import socket

from audit.stacks import PLAN
from audit.tools import ROOT
from audit.verdict import Missing
from chaos.stack.population import Made
from chatproject.serving import nginx

SECONDS = 60
WORKERS = 2


@dataclass(frozen=True)
class SecureSite:
    """`address` is `localhost:port`, which speaks HTTPS, and HTTP like port 80 would; `made` is who lives there."""

    address: str
    certificate: Path
    made: Made


@contextmanager
def serving(work: Path) -> Iterator[SecureSite]:
    """The site, until the block ends. Raises `Missing` where there is no nginx or openssl."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    certificate = _certificate(work)
    variables = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        **{"DATA_DIR": str(work), "HTTPS": "1", "TRUSTED_PROXY": "1", "WORKERS": str(WORKERS)},
        "DJANGO_SETTINGS_MODULE": "chatproject.settings",
    }
    _run(["-m", "chatproject.serving.prepare"], variables)
    made = Made(**json.loads(_run(["-m", "chaos.stack.population"], variables, given=json.dumps(asdict(PLAN)))))
    sockets = [work / f"worker-{number + 1}.sock" for number in range(WORKERS)]
    gunicorn = ["-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf"]
    binds = [f"--bind=unix:{path}" for path in sockets]
    with (
        _process([sys.executable, *gunicorn, *binds], variables, work / "workers.log"),
        _process(_nginx(work, port, sockets), variables, work / "nginx.log"),
    ):
        _until(lambda: _serves(port, certificate))
        yield SecureSite(f"localhost:{port}", certificate, made)


def _certificate(work: Path) -> Path:
    certificate = work / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(work / "key.pem"), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except FileNotFoundError:
        raise Missing("there is no openssl (on Debian and Ubuntu: apt install openssl)") from None
    return certificate


def _nginx(work: Path, port: int, sockets: list[Path]) -> list[str]:
    try:
        program = nginx.binary()
    except nginx.ProxyMissing:
        raise Missing("there is no nginx (on Debian and Ubuntu: apt install nginx-light)") from None
    address = f"127.0.0.1:{port}"
    site = nginx.Site(address=address, worker_sockets=sockets, directory=work, static=work / "static")
    command = nginx.command(program, site)
    configuration = work / "nginx.conf"
    text = configuration.read_text()
    # What comes without TLS is answered by Parley, as it would be on port 80.
    secured = text.replace(
        f"listen {address} backlog=4096;",
        f"listen {address} ssl; ssl_certificate {work}/certificate.pem; ssl_certificate_key {work}/key.pem; "
        "error_page 497 = @plain; location @plain { proxy_pass http://parley; }",
    )
    assert secured != text
    configuration.write_text(secured)
    return command


@contextmanager
def _process(command: list[str], variables: dict[str, str], log: Path) -> Iterator[None]:
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=variables, cwd=ROOT, stdout=output, stderr=output) as it,
    ):
        try:
            yield
        finally:
            it.terminate()
            it.wait(SECONDS)


def _run(arguments: list[str], variables: dict[str, str], *, given: str = "") -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, env=variables, cwd=ROOT, input=given, capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    return done.stdout


def _serves(port: int, certificate: Path) -> bool:
    context = ssl.create_default_context(cafile=str(certificate))
    connection = HTTPSConnection("localhost", port, timeout=SECONDS, context=context)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the site does not serve")
        time.sleep(0.05)
