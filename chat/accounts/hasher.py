"""How passwords are hashed."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

TURNS = BoundedSemaphore(2)


class Argon2InTurn(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, as OWASP's Password Storage Cheat Sheet has it.

    A worker hashes two passwords at a time, so that however many strangers sign in or up at once cost the memory of
    two; the others wait for their turn.
    """

    time_cost = 1
    memory_cost = 46 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with TURNS:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with TURNS:
            return bool(super().verify(password, encoded))
