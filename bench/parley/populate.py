"""An empty database with rooms, members and sessions: `python -m bench.parley.populate FILE SIZE...`

Rows are written in bulk, and look as the product's own actions would have left them. FILE gets a line for each member
of each room, in order: the room's id and a cookie header.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
django.setup()

# Models exist after setup.
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from chat.models import Inbox, Membership, Room, User  # noqa: E402

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main(file: Path, sizes: list[int]) -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        lines = [line for index, size in enumerate(sizes) for line in populate(index, size)]
    file.write_text("\n".join(lines))


def populate(index: int, size: int) -> list[str]:
    """A room with members who are in no other."""
    people = User.objects.bulk_create(
        [User(username=f"p{index}-{number}", password=f"!{index}-{number}") for number in range(size)]
    )
    room = Room.objects.create(
        slug=f"room-{index}", name=f"Room {index}", created_by=people[0], head=size, member_count=size
    )
    Inbox.objects.bulk_create([Inbox(user=person, head=1) for person in people])
    Membership.objects.bulk_create(
        [Membership(user=person, room=room, seq=1, room_seq=place) for place, person in enumerate(people, start=1)]
    )
    sessions = Session.objects.bulk_create([session_of(person) for person in people])
    return [f"{room.pk} sessionid={session.session_key}" for session in sessions]


def session_of(person: User) -> Session:
    store = SessionStore()
    data = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    expires = timezone.now() + timedelta(days=1)
    return Session(session_key=get_random_string(32), session_data=store.encode(data), expire_date=expires)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
