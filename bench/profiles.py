"""Where Parley's worker spends its time while it is busy."""

from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.profile import Hot, sampling
from bench.scenarios import field
from bench.scenarios.durable import MEMBERS, ROOMS, WINDOW
from bench.scenarios.fan_out import SENDERS

SECONDS = 4
CONNECTING = 1000


def profiles() -> dict[str, list[Hot]]:
    """The hottest functions by scenario; nothing where the system does not let a process be looked into."""
    sizes = [500, CONNECTING, *[MEMBERS] * ROOMS]
    with field.PARLEY.serve(sizes) as serving:
        drive(serving, [0], seconds=0.5)
        found = {
            "fan-out, saturated, 500 sockets": _while(serving, [0], window=64, senders=SENDERS, seconds=SECONDS + 2),
            "one at a time, 500 sockets": _while(serving, [0], seconds=SECONDS + 2),
            "durable sends": _while(
                serving, list(range(2, 2 + ROOMS)), window=WINDOW, senders=ROOMS, seconds=SECONDS + 2
            ),
            "connect storm": _while(serving, [1], seconds=0, outstanding=CONNECTING),
        }
    return {scenario: hot for scenario, hot in found.items() if hot}


def _while(serving: Serving, rooms: list[int], **settings: float) -> list[Hot]:
    # A socket costs about as much as a thousand deliveries: so connecting is over before the sampling begins,
    # except where it is what is looked at.
    delay = 0.0 if not settings["seconds"] else 3.0
    with sampling(serving.pids[0], seconds=SECONDS, delay=delay) as profile:
        drive(serving, rooms, **settings, settle=delay)
    return profile.hot
