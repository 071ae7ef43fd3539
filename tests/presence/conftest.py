"""A real Redis server for each test that asks for one."""

from tests.redis_server import server

__all__ = ["server"]
