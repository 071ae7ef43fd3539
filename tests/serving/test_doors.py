"""Which UNIX sockets a proxy finds open."""

import logging
import os
import socket
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatproject.serving.doors import Doors


@dataclass
class Listener:
    cfg_addr: object


class Worker:
    def __init__(self, path: Path, *, age: int) -> None:
        self.sockets, self.age = [Listener(str(path))], age


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[list[Path]]:
    """Where three sockets listen."""
    found = [tmp_path / f"{number}.sock" for number in range(3)]
    listeners = []
    for path in found:
        listeners.append(socket.socket(socket.AF_UNIX))
        listeners[-1].bind(str(path))
        listeners[-1].listen()
    yield found
    for listener in listeners:
        listener.close()


@pytest.fixture
def doors(paths: list[Path]) -> Doors:
    built = Doors()
    built.build([str(path) for path in paths])
    return built


def let_in(paths: list[Path]) -> list[bool]:
    def is_let_in(path: Path) -> bool:
        with socket.socket(socket.AF_UNIX) as visitor:
            try:
                visitor.connect(str(path))
            except ConnectionRefusedError:
                return False
        return True

    return [is_let_in(path) for path in paths]


def test_before_anybody_serves_all_may_queue(doors: Doors, paths: list[Path]) -> None:
    assert let_in(paths) == [True, True, True]


def test_once_one_serves_the_others_refuse_until_they_do(doors: Doors, paths: list[Path]) -> None:
    doors.open(Worker(paths[1], age=2))
    assert let_in(paths) == [False, True, False]
    doors.open(Worker(paths[0], age=1))
    assert let_in(paths) == [True, True, False]


def test_who_leaves_is_not_knocked_at_while_another_serves(doors: Doors, paths: list[Path]) -> None:
    workers = [Worker(path, age=age) for age, path in enumerate(paths, 1)]
    for worker in workers:
        doors.open(worker)
    doors.close(workers[2])
    assert let_in(paths) == [True, True, False]
    doors.open(Worker(paths[2], age=4))
    assert let_in(paths) == [True, True, True]


def test_when_the_last_one_leaves_all_may_queue_again(doors: Doors, paths: list[Path]) -> None:
    last = Worker(paths[0], age=1)
    doors.open(last)
    doors.close(last)
    assert let_in(paths) == [True, True, True]


def test_in_a_roll_a_door_stays_open_whoever_of_both_leaves(doors: Doors, paths: list[Path]) -> None:
    old, new = Worker(paths[0], age=1), Worker(paths[0], age=4)
    doors.open(Worker(paths[1], age=2))
    doors.open(old)
    doors.open(new)
    doors.close(old)
    assert let_in(paths) == [True, True, False]


def test_a_successor_that_dies_leaves_the_door_to_the_one_that_still_serves(doors: Doors, paths: list[Path]) -> None:
    old, new = Worker(paths[0], age=1), Worker(paths[0], age=4)
    doors.open(Worker(paths[1], age=2))
    doors.open(new)
    doors.close(new)
    doors.open(old)  # as it says every second
    assert let_in(paths) == [True, True, False]


def test_what_a_forked_worker_says_the_others_see(doors: Doors, paths: list[Path]) -> None:
    if (child := os.fork()) == 0:
        doors.open(Worker(paths[0], age=1))
        os._exit(0)
    os.waitpid(child, 0)
    assert let_in(paths) == [True, False, False]
    doors.open(Worker(paths[1], age=2))
    assert let_in(paths) == [True, True, False]


def test_of_all_who_leave_at_once_the_last_one_leaves_a_way_in(doors: Doors, paths: list[Path]) -> None:
    for turn in range(30):
        workers = [Worker(path, age=3 * turn + place) for place, path in enumerate(paths, 1)]
        for worker in workers:
            doors.open(worker)
        go, begin = os.pipe()
        children = [leaving_when_told(doors, worker, go, begin) for worker in workers]
        os.close(go)
        os.close(begin)
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
        assert any(let_in(paths))


def leaving_when_told(doors: Doors, worker: Worker, go: int, begin: int) -> int:
    """A process that closes the worker's door once nobody holds the end of the pipe that begins."""
    if child := os.fork():
        return child
    try:
        os.close(begin)
        os.read(go, 1)
        doors.close(worker)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


def test_what_a_process_of_the_same_number_left_behind_is_no_hindrance(doors: Doors, paths: list[Path]) -> None:
    for path in paths:
        path.with_name(f"{path.name}.{os.getpid()}").touch()
    last = Worker(paths[0], age=1)
    doors.open(last)
    assert let_in(paths) == [True, False, False]
    doors.close(last)
    assert let_in(paths) == [True, True, True]


def test_a_closed_door_has_the_mode_of_an_open_one_and_nothing_else_is_left_beside_it(
    doors: Doors, paths: list[Path]
) -> None:
    modes = [stat.S_IMODE(path.stat().st_mode) for path in paths]
    last = Worker(paths[0], age=1)
    doors.open(last)
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == modes
    doors.close(last)
    doors.remove()
    assert sorted(paths[0].parent.iterdir()) == paths


def test_at_the_masters_end_paths_that_it_removed_stay_away(doors: Doors, paths: list[Path]) -> None:
    last = Worker(paths[0], age=1)
    doors.open(last)
    for path in paths:
        path.unlink()
    doors.close(last)
    doors.remove()
    assert list(paths[0].parent.iterdir()) == []


def test_who_may_not_change_the_directory_says_so_once_and_goes_on(
    doors: Doors, paths: list[Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "mknod", refuse)
    with caplog.at_level(logging.WARNING):
        doors.open(Worker(paths[0], age=1))
        doors.open(Worker(paths[0], age=1))
    assert let_in(paths) == [True, True, True]
    assert [record.getMessage() for record in caplog.records] == [
        "A proxy may wait for workers that are gone: [Errno 1] Operation not permitted"
    ]


@pytest.mark.parametrize("addresses", [[("127.0.0.1", 8000)], ["/run/one.sock"]])
def test_what_workers_share_is_left_alone(addresses: list[object]) -> None:
    shared = Doors()
    shared.build(addresses)
    worker = Worker(Path("/run/one.sock"), age=1)
    shared.open(worker)
    shared.close(worker)
    shared.remove()
