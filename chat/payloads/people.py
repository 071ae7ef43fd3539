from chat.models import User
from chat.protocol import shapes


def person(user: User) -> shapes.Person:
    """Somebody, as others see them."""
    return shapes.Person(id=user.pk, name=user.username)
