from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY

from chat.queries.identity import Identity, identity_of, session_data
from chat.queries.rooms import Joined, joined_rooms


@dataclass(frozen=True, slots=True)
class Arriving:
    """Somebody who connects, and their rooms."""

    identity: Identity
    joined: Joined


def arriving(session_key: str) -> Arriving | None:
    """Who connects with this session; None where nobody is signed in by it. Four queries.

    The position of the inbox is read before the session is judged: so a sign-out or ban that this does not see yet
    moves the inbox beyond that position, and is heard of.
    """
    data = session_data(session_key)
    if data is None:
        return None
    joined = joined_rooms(int(data[SESSION_KEY]))
    identity = identity_of(session_key, data)
    return None if identity is None else Arriving(identity=identity, joined=joined)
