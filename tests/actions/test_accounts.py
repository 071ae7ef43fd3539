"""What staff do to accounts, while their owners go on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from chat.actions.accounts import staff_and_target
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_whom_staff_look_at_writes_without_waiting_for_them():
    """A writer who waited would hold the room meanwhile, and perhaps the inbox that staff want next."""
    root, ben = make_person("root", staff=True), make_person("ben")
    room = make_room(root)
    join(ben, room)

    def write() -> int:
        try:
            return say(ben, room).number
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as writer:
        with transaction.atomic():
            staff_and_target(root.pk, ben.pk)
            written = writer.submit(write)
            if connection.vendor == "postgresql":  # SQLite has one lock for everything
                assert written.result(timeout=10) == 1
        assert written.result(timeout=10) == 1
