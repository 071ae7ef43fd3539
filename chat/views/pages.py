"""The page: one shell for every room. What is in a room, and whether it may be seen, the page asks for itself."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.models import User
from chat.queries.rooms import first_room_slug

View = TypeVar("View", bound=Callable[..., HttpResponse])


def trusted_types(view: View) -> View:
    """HTML enters the page by the one policy of static/chat/js/ui/markup.js. The administration's scripts know none."""
    directives = {"require-trusted-types-for": ["'script'"], "trusted-types": ["parley-message"]}
    return cast(View, csp_update(directives)(view))


@require_safe
@login_required
@trusted_types
@cache_control(private=True, no_store=True)
def index(request: HttpRequest) -> HttpResponse:
    """The person's own room to begin with; the page without a room where they have none."""
    slug = first_room_slug(_person(request).pk)
    return redirect("room", slug) if slug else _shell(request, None)


@require_safe
@login_required
@trusted_types
@cache_control(private=True, no_store=True)
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The page with a room, also where there is none of that name: the page says so."""
    return _shell(request, slug)


def _shell(request: HttpRequest, slug: str | None) -> HttpResponse:
    person = _person(request)
    bootstrap: dict[str, Any] = {
        "user": {"id": person.pk, "name": person.username, "is_staff": person.is_staff},
        "server_name": settings.SERVER_NAME,
        "room": slug,
        "csrf": get_token(request),
        "now": timezone.now().isoformat(),
    }
    return render(request, "chat/page.html", {"bootstrap": bootstrap, "server_name": settings.SERVER_NAME})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # what login_required lets through
    return request.user
