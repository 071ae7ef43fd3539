"""What a stack is made of beside two workers, Redis and a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LIFTED = {
    "LIMIT_SOCKET_COMMANDS": "10000",
    "LIMIT_SOCKET_BURST": "10000",
    "LIMIT_PERSON_COMMANDS": "10000",
    "LIMIT_PERSON_BURST": "10000",
    "LIMIT_PERSON_SOCKETS": "100",
}
"""Limits for faults and tests in which people do more at once than people do; the product's own hold elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Chosen by whoever starts a stack; the default is the product and nothing between its parts."""

    nginx: bool = False
    """nginx in front, as `bin/run --proxy` has it, and a UNIX socket a worker behind it."""
    redis_proxy: bool = False
    """The workers reach Redis through a `FaultProxy`."""
    sentinels: bool = False
    """Redis has a replica and three sentinels, and the workers ask those where it is."""
    second_redis: bool = False
    """The streams are shared out between two servers."""
    database_proxy: bool = False
    """The workers reach PostgreSQL through a `FaultProxy`; a SQLite file has no way to it."""
    sabotage: bool = False
    """The workers obey `chaos.sabotage`."""
    small_disk: bool = False
    """The database lies on a file system of its own of a few megabytes, which takes root to make."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Settings of the product."""
