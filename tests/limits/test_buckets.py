import pytest

from chat.buckets import Bucket
from chat.errors import RateLimited


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_then_the_rate():
    clock = Clock()
    bucket = Bucket(rate=2, burst=3, clock=clock)
    for _ in range(3):
        bucket.take()
    with pytest.raises(RateLimited) as refusal:
        bucket.take()
    assert refusal.value.retry_after == 0.5
    clock.now = 0.5
    bucket.take()
    with pytest.raises(RateLimited):
        bucket.take()


def test_a_bucket_fills_up_to_its_burst_and_no_further():
    clock = Clock()
    bucket = Bucket(rate=2, burst=3, clock=clock)
    bucket.take()
    assert not bucket.full
    clock.now = 100
    assert bucket.full
    for _ in range(3):
        bucket.take()
    with pytest.raises(RateLimited):
        bucket.take()
