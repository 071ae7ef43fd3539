"""What `REDIS_URL` names: a server, several that share the streams, or one that Sentinel looks after."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio.connection import parse_url

SENTINEL_PORT = 26379

_BETWEEN_SERVERS = re.compile(r"\s*,\s*(?=[a-z]+(?:\+[a-z]+)?://)")
_OPTIONS = {"sentinel_username", "sentinel_password"}


@dataclass(frozen=True, slots=True)
class Login:
    """What a server asks for; None where it asks for nothing."""

    username: str | None
    password: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A server whose address is asked of its sentinels: after a failover it is another one."""

    sentinels: tuple[tuple[str, int], ...]
    master: str
    database: int
    login: Login
    sentinel_login: Login
    tls: bool


def servers(urls: str) -> list[str]:
    """The URL of each server, in order; the commas between the sentinels of one are its own.

    Raises `ValueError`, a sentence, for anything that names no server.
    """
    found = _BETWEEN_SERVERS.split(urls.strip())
    for url in found:
        if is_watched(url):
            watched(url)
        else:
            _check(url)
    return found


def _check(url: str) -> None:
    parse_url(url)
    if "," in urlsplit(url).netloc.rpartition("@")[2]:
        raise ValueError("each of several servers needs its own redis://")


def name(url: str) -> str:
    """What to call the server in a log: its address without the password."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path


def open_to_all(urls: str) -> list[str]:
    """The servers that others on the network can reach and that ask for no password, by `name`.

    Where sentinels tell the address, the server is where they are.
    """
    return [name(url) for url in servers(urls) if _asks_for_nothing(url) and not all(map(_is_local, _hosts(url)))]


def _asks_for_nothing(url: str) -> bool:
    return (watched(url).login.password if is_watched(url) else parse_url(url).get("password")) is None


def _hosts(url: str) -> list[str]:
    if is_watched(url):
        return [host for host, _ in watched(url).sentinels]
    options = parse_url(url)
    return [] if "path" in options else [options.get("host", "localhost")]


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_watched(url: str) -> bool:
    """Whether the URL names sentinels."""
    return url.startswith(("redis+sentinel://", "rediss+sentinel://"))


def watched(url: str) -> Watched:
    """Take apart `redis+sentinel://[user:password@]host[:port][,host[:port]...]/master[/database]`.

    The user and password are the server's; the sentinels' own are the options `sentinel_username` and
    `sentinel_password`. `rediss+sentinel` is TLS to all of them. Raises `ValueError`.
    """
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    master, _, database = parts.path.strip("/").partition("/")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not master:
        raise ValueError("a Sentinel URL ends with the master's name: redis+sentinel://host:26379/mymaster")
    if unknown := sorted(set(options) - _OPTIONS):
        raise ValueError(f"a Sentinel URL has no option {', '.join(unknown)}")
    if database and not database.isdecimal():
        raise ValueError(f"{database!r} is no number of a Redis database")
    username, _, password = login.partition(":")
    return Watched(
        sentinels=tuple(_address(host) for host in hosts.split(",")),
        master=unquote(master),
        database=int(database or 0),
        login=Login(unquote(username) or None, unquote(password) or None),
        sentinel_login=Login(options.get("sentinel_username"), options.get("sentinel_password")),
        tls=parts.scheme == "rediss+sentinel",
    )


def _address(host: str) -> tuple[str, int]:
    parts = urlsplit(f"//{host.strip()}")
    if not parts.hostname:
        raise ValueError(f"{host!r} is no sentinel's address")
    return parts.hostname, parts.port or SENTINEL_PORT
