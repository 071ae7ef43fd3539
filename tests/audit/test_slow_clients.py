"""The judge of a siege by slow clients."""

import pytest

from audit.judges.slow_clients import CLIENTS, Siege, judged

PATIENT = Siege(cuts=[10.5] * CLIENTS, waits=[0.01, 0.04], left=0)


def test_a_siege_that_nobody_noticed_passes() -> None:
    verdict = judged(PATIENT)
    assert (verdict.faults, verdict.found) == ([], f"{CLIENTS} cut within 10 s, others waited 40 ms at most")


@pytest.mark.parametrize(
    ("siege", "fault"),
    [
        (Siege(PATIENT.cuts[1:], PATIENT.waits, 1), "1 clients were still there after 25 s"),
        (Siege([*PATIENT.cuts[1:], 24], PATIENT.waits, 0), "the last one was cut after 24 s"),
        (Siege([0.0, *PATIENT.cuts[1:]], PATIENT.waits, 0), "the first one was cut after 0 s already"),
        (Siege(PATIENT.cuts, [0.1, 3.2], 0), "somebody else waited 3.2 s for a page"),
        (Siege([], PATIENT.waits, 0), f"0 of {CLIENTS} clients and 2 visitors were there"),
        (Siege(PATIENT.cuts, [], 0), f"{CLIENTS} of {CLIENTS} clients and 0 visitors were there"),
    ],
)
def test_anything_less_fails(siege: Siege, fault: str) -> None:
    assert judged(siege).faults == [fault]
