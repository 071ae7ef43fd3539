from collections.abc import Collection
from dataclasses import dataclass

from chat.queries.identity import Identity, identities, signed_in
from chat.queries.rooms import Joined, joined_by


@dataclass(frozen=True, slots=True)
class Arriving:
    """Somebody who connects, and their rooms."""

    identity: Identity
    joined: Joined


def arriving(session_keys: Collection[str]) -> dict[str, Arriving]:
    """Who connects with these sessions; not those whom nobody is signed in by. Three queries, however many they are.

    The position of an inbox is read before its session is judged: so a sign-out or ban that this does not see yet
    moves the inbox beyond that position, and is heard of.
    """
    signed = signed_in(session_keys)
    joined = joined_by({each.person_id for each in signed.values()})
    return {
        key: Arriving(identity=identity, joined=joined[identity.id]) for key, identity in identities(signed).items()
    }
