"""A short set of faults, staged as `manage.py chaos` stages them."""

import os

import pytest

from chaos.faults import registry
from chaos.faults.fault import Engine
from chaos.report import summary
from chaos.run import Campaign, workplace

ENGINE: Engine = "postgres" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
STAGED = [1, 3, 13, 14, 17]

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.mark.parametrize("number", [number for number in STAGED if ENGINE in registry.ALL[number].engines])
def test_nothing_is_lost_duplicated_reordered_or_leaked(number: int) -> None:
    with workplace() as directory:
        campaign = Campaign(
            faults=[registry.ALL[number]], engine=ENGINE, seeds=[1], seconds=4.0, directory=directory, say=print
        )
        [result] = list(campaign.run())
    print(summary.text(result))
    # How fast it was says more of the machine that runs tests than of Parley.
    result.figures = [figure for figure in result.figures if figure.unit != "s"]
    assert result.ok, summary.text(result)
    assert result.acked > 100
