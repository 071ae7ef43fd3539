from typing import Annotated

from django.http import HttpRequest
from ninja import Path

from chat.errors import NotAllowed

# What a row's id can be; more would be an error of the database's.
Id = Annotated[int, Path(ge=0, le=2**53 - 1)]


def person_id(request: HttpRequest) -> int:
    """Who asks. Raises `NotAllowed` where nobody is signed in."""
    if request.user.pk is None:
        raise NotAllowed
    return request.user.pk
