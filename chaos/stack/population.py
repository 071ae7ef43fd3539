"""Who lives in a stack, and where. Run as a program inside the product's environment, it makes tables and them.

Standard input has a `Plan` as JSON, standard output the `Made`.
"""

import json
import sys
from dataclasses import asdict, dataclass, field

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Plan:
    """People by name, the administrator first; rooms by slug, each with its members, its owner first."""

    people: list[str]
    rooms: dict[str, list[str]]
    private: list[str] = field(default_factory=list)
    sessions: int = 2
    """Sessions a person."""


@dataclass(frozen=True)
class Made:
    """Ids, and session keys ready to be used."""

    people: dict[str, int]
    sessions: dict[str, list[str]]
    rooms: dict[str, int]


def make(plan: Plan) -> Made:
    """Write the plan into the database by the product's own actions."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.backends.db import SessionStore

    from chat.actions.memberships import invite
    from chat.actions.rooms import create_room
    from chat.models import Room, User

    password = make_password(PASSWORD)
    people: dict[str, int] = {}
    sessions: dict[str, list[str]] = {}
    for name in plan.people:
        staff = name == plan.people[0]
        mail = f"{name}@example.org"
        user = User(username=name, email=mail, password=password, is_staff=staff, is_superuser=staff)
        user.save()
        people[name], sessions[name] = user.pk, []
        for _ in range(plan.sessions):
            store = SessionStore()
            store[SESSION_KEY] = str(user.pk)
            store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            store[HASH_SESSION_KEY] = user.get_session_auth_hash()
            store.save()
            sessions[name].append(str(store.session_key))
    rooms: dict[str, int] = {}
    for slug, members in plan.rooms.items():
        kind = Room.Kind.PRIVATE if slug in plan.private else Room.Kind.PUBLIC
        owner = people[members[0]]
        room, _ = create_room(person_id=owner, name=slug, slug=slug, topic="", kind=kind)
        rooms[slug] = room.pk
        for name in members[1:]:
            invite(person_id=owner, room_id=room.pk, username=name)
    return Made(people=people, sessions=sessions, rooms=rooms)


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(asdict(make(Plan(**json.load(sys.stdin))))))
