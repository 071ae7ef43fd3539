"""Slow clients: headers that come byte by byte, bodies that never come.

Clients that read slowly: `tests/serving/test_backpressure.py`.
"""

import ssl
import time
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from socket import create_connection, socket

from audit import secure_site
from audit.verdict import Verdict

CLIENTS = 300
SECONDS = 25
# nginx gives headers and bodies ten seconds; whoever is cut at once was no slow client.
CUT_AFTER, CUT_WITHIN = 5, 20
PATIENCE = 2.0

HEADERS = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


@dataclass(frozen=True)
class Siege:
    """Seconds: after how many each client was cut, and what each visitor waited meanwhile; and who was left."""

    cuts: list[float]
    waits: list[float]
    left: int


def judge(work: Path, reports: Path) -> Verdict:
    """Others are served at once meanwhile, and every slow client is cut."""
    with secure_site.serving(work) as site:
        return judged(_siege(site))


def judged(siege: Siege) -> Verdict:
    """The verdict on a siege of `CLIENTS`."""
    faults = [f"{siege.left} clients were still there after {SECONDS} s"] if siege.left else []
    if len(siege.cuts) + siege.left != CLIENTS or not siege.waits:
        faults.append(f"{len(siege.cuts) + siege.left} of {CLIENTS} clients and {len(siege.waits)} visitors were there")
    first, last, worst = min(siege.cuts, default=0), max(siege.cuts, default=0), max(siege.waits, default=0)
    if siege.cuts and first < CUT_AFTER:
        faults.append(f"the first one was cut after {first:.0f} s already")
    if last > CUT_WITHIN:
        faults.append(f"the last one was cut after {last:.0f} s")
    if worst > PATIENCE:
        faults.append(f"somebody else waited {worst:.1f} s for a page")
    looked_at = f"{CLIENTS} clients that send a byte now and then, or stop"
    found = f"{len(siege.cuts)} cut within {last:.0f} s, others waited {worst * 1000:.0f} ms at most"
    return Verdict(looked_at, found, faults)


def _siege(site: secure_site.SecureSite) -> Siege:
    context = ssl.create_default_context(cafile=str(site.certificate))
    slow = {_begun(site, context, each): (each, time.monotonic()) for each in [HEADERS, BODY] * (CLIENTS // 2)}
    cuts, waits, begun = [], [], time.monotonic()
    while time.monotonic() - begun < SECONDS and slow:
        for stream, (request, since) in list(slow.items()):
            if not _drip(stream, more=request is HEADERS):
                cuts.append(time.monotonic() - since)
                del slow[stream]
                stream.close()
        waits.append(_ask(site))
        time.sleep(0.5)
    for stream in slow:
        stream.close()
    return Siege(cuts, waits, len(slow))


def _begun(site: secure_site.SecureSite, context: ssl.SSLContext, request: bytes) -> socket:
    host, _, port = site.address.rpartition(":")
    stream = context.wrap_socket(create_connection((host, int(port)), PATIENCE * 5), server_hostname=host)
    stream.sendall(request)
    stream.setblocking(False)
    return stream


def _drip(stream: socket, *, more: bool) -> bool:
    """A byte more, or none. Whether the other side still has patience: whatever it says, it is goodbye."""
    try:
        stream.recv(4096)
    except ssl.SSLWantReadError:
        pass
    except OSError:
        return False
    else:
        return False
    if not more:
        return True
    try:
        stream.send(b"x")
    except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return True


def _ask(site: secure_site.SecureSite) -> float:
    """Seconds until somebody who does nothing special has the sign-in page."""
    begun = time.monotonic()
    context = ssl.create_default_context(cafile=str(site.certificate))
    connection = HTTPSConnection(site.address, timeout=PATIENCE * 5, context=context)
    connection.request("GET", "/accounts/login/")
    if connection.getresponse().status != 200:
        raise AssertionError("the sign-in page is not there")
    connection.close()
    return time.monotonic() - begun
