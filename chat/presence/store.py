from typing import Protocol

from chat.protocol.shapes import Person


class PresenceStore(Protocol):
    async def put(self, room: int, worker: str, people: list[Person]) -> None: ...

    async def others(self, room: int, worker: str) -> dict[str, list[Person]]: ...

    async def drop(self, room: int, worker: str) -> None: ...
