"""Makes the rooms of the matrix in a database of its own: a program, which tells their ids as JSON."""

import json

from tests.consumers.test_socket import session_of
from tests.security.matrix.scenes import KINDS, Cast, make_gathering


def main() -> None:
    """The rooms by kind, and everybody's session by name."""
    cast = Cast.make()
    rooms = {kind: make_gathering(cast, kind, slug=f"gathering-{n}").pk for n, kind in enumerate(KINDS)}
    everybody = {"founder": cast.founder, "regular": cast.regular, **cast.roles}
    print(
        json.dumps({"rooms": rooms, "people": {name: [each.pk, session_of(each)] for name, each in everybody.items()}})
    )
