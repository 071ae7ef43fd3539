from chat.protocol.shapes import Person


class MemoryStore:
    async def put(self, room: int, worker: str, people: list[Person]) -> None: ...

    async def others(self, room: int, worker: str) -> dict[str, list[Person]]:
        return {}

    async def drop(self, room: int, worker: str) -> None: ...
