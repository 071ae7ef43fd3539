"""One API: signed-in people only, the same errors as on the socket."""

import logging
import math
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer
from ninja.security import SessionAuth
from pydantic import TypeAdapter

from chat import runtime
from chat.database import discard
from chat.errors import (
    ChatError,
    Internal,
    Invalid,
    KeyConflict,
    NameTaken,
    NotAllowed,
    NotAMember,
    NotFound,
    RateLimited,
    Unavailable,
)
from chat.protocol.replies import Failure

logger = logging.getLogger(__name__)

STATUS: dict[type[ChatError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotAMember: 403,
    NameTaken: 409,
    KeyConflict: 409,
    RateLimited: 429,
    Unavailable: 503,
}


@dataclass
class Refusal:
    """What every failed request is answered."""

    error: Failure


class JsonRenderer(BaseRenderer):
    """Dataclasses to JSON, as on the socket."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, option=orjson.OPT_UTC_Z)


class Api(NinjaAPI):
    """Its description tells of refusals, which every operation has in common."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Refusal"] = TypeAdapter(Refusal).json_schema(
            ref_template="#/components/schemas/Refusal/$defs/{model}"
        )
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        elsewhere = {"text/html": {"schema": {"type": "string"}}}  # where an address does not lead here at all
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["4XX"] = {"description": "Refused", "content": content | elsewhere}
                operation["responses"]["503"] = {"description": "Not now", "content": content}
        return schema


class PersonAuth(SessionAuth):
    """Whoever is signed in. Each request, good or bad, takes one of the tokens that their commands take."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        person = super().authenticate(request, key)
        if person is not None:
            runtime.take_token(person.pk)
        return person


api = Api(title="Parley", version="1", auth=PersonAuth(), docs_url=None, renderer=JsonRenderer(), urls_namespace="api")


@api.exception_handler(ChatError)
def refused(request: HttpRequest, refusal: ChatError) -> HttpResponse:
    failure = Failure(code=refusal.code, detail=refusal.detail, retry_after=refusal.retry_after)
    return _failed(request, failure, status=STATUS.get(type(refusal), 400))


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, mistakes: ValidationError) -> HttpResponse:
    first = mistakes.errors[0]
    detail = f"{first['loc'][-1]}: {first['msg']}"
    return _failed(request, Failure(code=Invalid.code, detail=detail, retry_after=None), status=400)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, refusal: HttpError) -> HttpResponse:
    if refusal.status_code == 403:
        detail = "The page is too old; load it again."  # the CSRF token is missing or not this session's
        return _failed(request, Failure(code=NotAllowed.code, detail=detail, retry_after=None), status=403)
    failure = Failure(code=Invalid.code, detail="The request is not JSON.", retry_after=None)
    return _failed(request, failure, status=refusal.status_code)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, _: RequestDataTooBig) -> HttpResponse:
    return refused(request, Invalid("The request is too large."))


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return _failed(request, Failure(code="sign_in", detail="Sign in first.", retry_after=None), status=401)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@api.exception_handler(InternalError)
def away(request: HttpRequest, failure: Exception) -> HttpResponse:
    logger.warning("the database failed %s: %s", request.path, failure)
    discard()
    runtime.doubt()
    return refused(request, Unavailable("The database does not answer right now.", retry_after=1.0))


@api.exception_handler(Exception)
def broken(request: HttpRequest, _: Exception) -> HttpResponse:
    logger.exception("a request failed unexpectedly")
    return _failed(request, Failure(code=Internal.code, detail=Internal.detail, retry_after=None), status=500)


def _failed(request: HttpRequest, failure: Failure, *, status: int) -> HttpResponse:
    response = api.create_response(request, {"error": failure}, status=status)
    response["Cache-Control"] = "private, no-store"
    if failure.retry_after is not None:
        response["Retry-After"] = str(math.ceil(failure.retry_after))
    return response
