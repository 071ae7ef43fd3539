"""Reading a room anew is held to every field of every row, not to their number."""

from dataclasses import replace

import pytest

from chaos.oracle.anew import differences
from chaos.oracle.history import EMPTY, Row, body_hash

ROWS = [Row(1, n, 100 + n, n, f"key {n}", body_hash(f"text {n}")) for n in range(1, 6)]


def test_what_is_the_same_has_no_difference() -> None:
    assert list(differences(ROWS, ROWS)) == []


@pytest.mark.parametrize(
    "read",
    [
        ROWS[:-1],
        ROWS[1:],
        [*ROWS, ROWS[-1]],
        [ROWS[1], ROWS[0], *ROWS[2:]],
        [replace(ROWS[0], body=body_hash("another")), *ROWS[1:]],
        [replace(ROWS[0], body=EMPTY, deleted=True), *ROWS[1:]],
        [replace(ROWS[0], reactions=(("x", 1),)), *ROWS[1:]],
    ],
    ids=["newest missing", "oldest missing", "twice", "order", "text", "deleted", "reactions"],
)
def test_every_difference_is_told(read: list[Row]) -> None:
    assert list(differences(read, ROWS))
