"""What is somebody's own is stored nowhere on its way to them; and a database that is away is nobody's mistake."""

import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from chat import runtime
from chat.database import AWAY, discard

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5


@sync_and_async_middleware
def private_responses(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Marks every answer as one of its cookies, and those to somebody with a session `private, no-store`.

    A view may have decided otherwise about what is stored.
    """
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponseBase:
            return _private(request, await get_response(request))

        return answer_later

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _private(request, get_response(request))

    return answer


def _private(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
        response.headers.setdefault("Cache-Control", "private, no-store")
    # Notices and the CSRF token come from cookies too, and nobody but the session's own middleware says so.
    patch_vary_headers(response, ["Cookie"])
    return response


class DatabaseAway(MiddlewareMixin):
    """Answers 503 with a page that says so, and a line in the log, where the database fails a view."""

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if not isinstance(failure, AWAY):
            return None
        logger.warning("the database failed %s: %s", request.path, failure)
        discard()
        runtime.doubt()
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_SECONDS)})
