"""Slow clients: headers that come byte by byte, bodies that never come.

Clients that read slowly: `tests/serving/test_backpressure.py`.
"""

import selectors
import ssl
import time
from http.client import HTTPSConnection
from pathlib import Path
from socket import create_connection, socket

from audit import secure_site
from audit.verdict import Verdict

CLIENTS = 300
SECONDS = 25
# nginx gives headers and bodies ten seconds.
CUT_WITHIN = 20
PATIENCE = 2.0

HEADERS = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


def judge(work: Path, reports: Path) -> Verdict:
    """Others are served at once meanwhile, and every slow client is cut."""
    with secure_site.serving(work) as site:
        _ask(site)
        context = ssl.create_default_context(cafile=str(site.certificate))
        requests = {_begun(site, context, each): each for each in [HEADERS, BODY] * (CLIENTS // 2)}
        slow = dict.fromkeys(requests, True)
        worst, begun = 0.0, time.monotonic()
        while time.monotonic() - begun < SECONDS and any(slow.values()):
            for stream in slow:
                slow[stream] = slow[stream] and _drip(stream, more=requests[stream] is HEADERS)
            worst = max(worst, _ask(site))
            time.sleep(0.5)
        held = time.monotonic() - begun
        left = sum(slow.values())
        for stream in slow:
            stream.close()
    faults = [f"{left} clients were still there after {SECONDS} s"] if left else []
    if held > CUT_WITHIN:
        faults.append(f"the last one was cut after {held:.0f} s")
    if worst > PATIENCE:
        faults.append(f"somebody else waited {worst:.1f} s for a page")
    return Verdict(
        f"{CLIENTS} clients, all cut within {held:.0f} s; others waited {worst * 1000:.0f} ms at most", faults
    )


def _begun(site: secure_site.SecureSite, context: ssl.SSLContext, request: bytes) -> socket:
    host, _, port = site.address.rpartition(":")
    stream = context.wrap_socket(create_connection((host, int(port)), PATIENCE * 5), server_hostname=host)
    stream.sendall(request)
    stream.setblocking(False)
    return stream


def _drip(stream: socket, *, more: bool) -> bool:
    """A byte more, or none. Whether the other side still has patience."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        if selector.select(0):
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
