"""Running the load generator."""

import json
import subprocess
import tempfile
from collections.abc import Sequence

from bench import cores
from bench.contestants.serving import Serving
from bench.load.measured import Measured
from bench.places import LOAD

LONGEST_SECONDS = 600


class LoadFailed(Exception):
    """What the load generator said."""


def drive(serving: Serving, rooms: Sequence[int] = (0,), **settings: float | str) -> Measured:
    """One measurement with everybody of these rooms (indices of the population). Raises `LoadFailed`.

    `settings` are those of `load.c`; what is not given is the contestant's, or the program's default.
    """
    lines = [line for room in rooms for line in serving.people[room]]
    with tempfile.NamedTemporaryFile("w", prefix="people-") as people:
        people.write("".join(f"{line}\n" for line in lines))
        people.flush()
        given: dict[str, object] = {
            **serving.dialect,
            "ports": ",".join(map(str, serving.ports)),
            "pids": ",".join(map(str, serving.pids)),
            "stores": ",".join(map(str, serving.stores)),
            "people": people.name,
            "sockets": len(lines),
            **settings,
        }
        command = ["taskset", "-c", ",".join(map(str, cores.for_load())), str(LOAD)]
        command += [f"{name}={value}" for name, value in given.items()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)  # noqa: S603
    if done.returncode != 0:
        raise LoadFailed(done.stderr.strip() or f"ended with {done.returncode}")
    return Measured.read(json.loads(done.stdout))
