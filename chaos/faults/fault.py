"""What a fault is to the run that stages it."""

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from chaos import measures
from chaos.clients.tab import Tab
from chaos.scene import Scene
from chaos.stack.layout import Layout

Engine = Literal["sqlite", "postgres"]


class Fault(ABC):
    """The usual course: twenty tabs talk, the fault strikes and heals, they go on, everybody catches up."""

    number: ClassVar[int]
    title: ClassVar[str]
    promise: ClassVar[str]
    """What must hold, in a few words."""
    shown: ClassVar[tuple[str, ...]]
    """The figures that tell most of it, for a table with little room."""
    layout: ClassVar[Layout] = Layout(nginx=True)
    engines: ClassVar[tuple[Engine, ...]] = ("sqlite", "postgres")
    seconds: ClassVar[float] = 10.0
    """How long it lasts, where nothing else is asked for."""
    rate: ClassVar[float] = 40.0
    """Messages a second."""
    stale_after: ClassVar[float] = 25.0
    """Seconds from acknowledgement to display at a client that was connected all the time, beyond which, and the
    fault's own length, it is a fault: a last message without a successor is found after 15 s."""
    keeps_views: ClassVar[bool] = True
    """Whether nobody's page may begin anew."""
    log_is_judged: ClassVar[bool] = True
    """Whether a traceback in the product's log is a fault by itself."""
    afterwards: ClassVar[float] = 4.0
    """Seconds the talk goes on when the fault is over."""

    def hindrance(self) -> str:
        """Why it cannot be staged on this machine; empty where it can."""
        return ""

    async def run(self, scene: Scene) -> None:
        """Stage it and measure it; what is wrong goes to the scene's result."""
        await self.gather(scene)
        async with scene.load(self.rate, tabs=self.talkers(scene)):
            await asyncio.sleep(2)
            await self.strike(scene)
            await asyncio.sleep(self.afterwards)
        await self.end(scene)

    async def end(self, scene: Scene) -> None:
        """Everybody catches up; then it is judged and measured."""
        await scene.settle(stale_after=self.bearable(scene))
        if self.keeps_views:
            scene.result.figures.append(measures.emptied(scene.history))
        await self.measure(scene)

    async def gather(self, scene: Scene) -> None:
        """Bring the people in."""
        await scene.gather()

    def talkers(self, scene: Scene) -> list[Tab]:
        """Who sends."""
        return list(scene.tabs)

    def bearable(self, scene: Scene) -> float:
        """Seconds from acknowledgement to display above which it is a fault. Asked when the talk is over."""
        return self.stale_after + scene.seconds

    @abstractmethod
    async def strike(self, scene: Scene) -> None:
        """Do the harm, and undo it."""

    async def measure(self, scene: Scene) -> None:
        """The figures of this fault."""
        scene.measure_recovery()
        scene.measure_spells()
        scene.measure_sends()
