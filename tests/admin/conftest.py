import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts() -> None:
    """Attempts of other tests count against the same address."""
    cache.clear()
