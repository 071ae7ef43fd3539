"""The judge of `manage.py check --deploy`."""

import pytest

from audit.judges.deployment import CLEAN, judged


def test_nothing_to_warn_of_passes() -> None:
    assert judged(0, f"{CLEAN}\n").passed


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (1, "System check identified some issues:\nWARNINGS:\n?: (security.W004) ..."),
        (-9, ""),
        (0, ""),
        (0, "System check identified no issues (1 silenced)."),
        (1, CLEAN),
    ],
)
def test_anything_else_fails(status: int, told: str) -> None:
    assert not judged(status, told).passed
