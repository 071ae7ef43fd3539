from django.http import HttpRequest

from chat.errors import NotAllowed


def person_id(request: HttpRequest) -> int:
    """Who asks. Raises `NotAllowed` where nobody is signed in."""
    if request.user.pk is None:
        raise NotAllowed
    return request.user.pk
