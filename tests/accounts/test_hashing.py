from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import override_settings

from chat.accounts.hasher import TURNS, Argon2InTurn
from chatproject import settings as product
from tests.builders import make_person


@pytest.mark.django_db
def test_the_product_stores_passwords_with_argon2() -> None:
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        ana = make_person("ana")
        ana.set_password("a long enough sentence")
        assert ana.password.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")
        assert ana.check_password("a long enough sentence")
        assert not ana.check_password("another sentence")


@pytest.mark.parametrize("verb", ["encode", "verify"])
def test_two_passwords_are_hashed_at_a_time_and_the_others_wait(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go_on = Semaphore(0), Event()

    def hash_slowly(hasher: Argon2PasswordHasher, password: str, other: str) -> str:
        inside.release()
        assert go_on.wait(10)
        return password

    monkeypatch.setattr(Argon2PasswordHasher, verb, hash_slowly)
    hasher = Argon2InTurn()
    work = {"encode": hasher.encode, "verify": hasher.verify}[verb]
    with ThreadPoolExecutor(3) as threads:
        begun = [threads.submit(work, name, "salt") for name in ("ana", "ben", "eva")]
        try:
            assert all(inside.acquire(timeout=10) for _ in range(2))
            assert not TURNS.acquire(blocking=False)
        finally:
            go_on.set()
        assert all(each.result(10) for each in begun)
    assert inside.acquire(timeout=10)
