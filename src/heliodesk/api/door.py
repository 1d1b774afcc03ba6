"""The door of the API: who asks, whether they may, how often; and each write once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from heliodesk.api.problems import Problem, answer
from heliodesk.api.shapes import read, written
from heliodesk.cases.access import Hidden as HiddenCase
from heliodesk.cases.rules import Refused
from heliodesk.channels import blobs
from heliodesk.customers.access import Hidden as HiddenCustomer
from heliodesk.identity import tokens
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.identity.tokens import Bearer, Scope
from heliodesk.kernel import clock

log = structlog.get_logger()
#: How the middleware knows a view of the API: a token lets in, a session does not.
ACCESS = "token"
_LONGEST_KEY = 100
#: No reference and no id is as long as this.
_LONGEST_PART = 19


@dataclass(frozen=True)
class Param:
    """A parameter of a query."""

    name: str
    about: str
    kind: type = str
    default: object = None
    one_of: tuple[str, ...] = ()
    most: int = 400


@dataclass(frozen=True)
class Asked:
    """A request that came through the door."""

    person: Person
    at: datetime
    #: From the path.
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    #: Of a body that is the bytes of a file.
    content_type: str = ""


@dataclass(frozen=True)
class Download:
    """The bytes of a file, as an answer."""

    name: str
    content_type: str
    sha256: str


@dataclass(frozen=True)
class Answer:
    """What a program is told."""

    body: Any
    status: int = 200
    #: The address of what was made.
    location: str = ""


@dataclass(frozen=True)
class Endpoint:
    """One thing that a program can ask for."""

    method: str
    path: str
    name: str
    about: str
    scope: Scope
    may: May
    do: Callable[[Asked], Answer]
    gives: Any
    takes: type | None = None
    params: tuple[Param, ...] = ()
    #: More to say of it in the reference.
    more: str = ""
    #: The body is the bytes of a file, of any type.
    takes_bytes: bool = False
    #: It makes something: 201.
    makes: bool = False


def view(endpoints: Mapping[str, Endpoint]) -> Callable[..., HttpResponse]:
    """The view of one path: an endpoint for each of its methods."""

    def answered(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            return _answered(endpoints, request, path)
        except Problem as problem:
            return answer(problem)
        except Refused as refusal:
            return answer(Problem(409, str(refusal)))
        except (HiddenCase, HiddenCustomer):
            return answer(Problem(404, "There is no such record, or it is not yours to see."))
        except (OperationalError, InterfaceError):
            log.exception("api.database_away")
            away = "Try again in a moment; nothing was changed."
            return answer(Problem(503, away, headers={"Retry-After": "10"}))
        except Exception:
            log.exception("api.failed")
            return answer(Problem(500, "It has been noted. Nothing you asked for is half done."))

    answered.access = ACCESS  # type: ignore[attr-defined]  # ours
    answered.csrf_exempt = True  # type: ignore[attr-defined]  # ours
    return answered


def _answered(
    endpoints: Mapping[str, Endpoint], request: HttpRequest, path: Mapping[str, Any]
) -> HttpResponse:
    at = clock.now()
    bearer = _bearer(request, at)
    method = "GET" if request.method == "HEAD" else str(request.method)
    endpoint = endpoints.get(method)
    if endpoint is None:
        allowed = ", ".join(endpoints)
        raise Problem(405, f"This address takes {allowed}.", headers={"Allow": allowed})
    _check_rights(endpoint, bearer)
    if any("\0" in str(value) or len(str(value)) > _LONGEST_PART for value in path.values()):
        raise Problem(404, "There is no such record, or it is not yours to see.")
    asked = Asked(
        bearer.person,
        at,
        path,
        _query(endpoint, request),
        *_given(endpoint, request),
    )
    if endpoint.method == "GET":
        response = _sent(endpoint.do(asked))
    else:
        response = _once(endpoint, asked, bearer, request)
    left = max(settings.API_PER_MINUTE - bearer.used, 0)
    response["RateLimit-Limit"] = str(settings.API_PER_MINUTE)
    response["RateLimit-Remaining"] = str(left)
    response["RateLimit-Reset"] = str(_reset(at))
    return response


def _reset(at: datetime) -> int:
    """Seconds until requests are counted anew."""
    return 60 - int(at.timestamp()) % 60


def _bearer(request: HttpRequest, at: datetime) -> Bearer:
    """Who shows a token that holds.

    Raises:
        Problem: 401 without one, 429 when it was shown too often in this minute.
    """
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    bearer = tokens.bearer(secret.strip(), at) if kind.lower() == "bearer" else None
    if bearer is None:
        raise Problem(
            401,
            "Send the header “Authorization: Bearer hdt_…” with a token that holds."
            f" Tokens are made at {settings.BASE_URL}/me/tokens/.",
            headers={"WWW-Authenticate": 'Bearer realm="Heliodesk"'},
        )
    structlog.contextvars.bind_contextvars(person=bearer.person.id, token=bearer.token_id)
    if bearer.used > settings.API_PER_MINUTE:
        raise Problem(
            429,
            f"This token may ask {settings.API_PER_MINUTE} times a minute."
            f" Try again in {_reset(at)} seconds.",
            headers={"Retry-After": str(_reset(at))},
        )
    return bearer


def _check_rights(endpoint: Endpoint, bearer: Bearer) -> None:
    if endpoint.scope not in bearer.scopes:
        raise Problem(
            403,
            f"This needs the scope “{endpoint.scope}”; the token “{bearer.token}” has"
            f" {', '.join(sorted(bearer.scopes))}.",
        )
    if bearer.person.owes_factor:
        raise Problem(403, "The owner of the token must set up a second factor first.")
    if not bearer.person.may(endpoint.may):
        raise Problem(403, f"{bearer.person.name} may not do this; a token may no more.")


def _body(request: HttpRequest) -> object:
    """The JSON that was sent.

    Raises:
        Problem: it is none, or too large.
    """
    if request.content_type != "application/json":
        raise Problem(415, "Send the header “Content-Type: application/json”.")
    try:
        raw = request.body
    except RequestDataTooBig:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        raise Problem(413, f"At most {most} MB fit into one request.") from None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON in UTF-8.") from None


def _given(endpoint: Endpoint, request: HttpRequest) -> tuple[Any, str]:
    """What was sent along, checked, and its type."""
    if endpoint.takes:
        return read(endpoint.takes, _body(request)), ""
    return (_bytes(request), request.content_type or "") if endpoint.takes_bytes else (None, "")


def _bytes(request: HttpRequest) -> bytes:
    """The bytes of a file that were sent.

    Raises:
        Problem: there are too many.
    """
    most = settings.WEB_FILE_MAX_BYTES
    data = request.read(most + 1)
    if len(data) > most:
        raise Problem(413, f"At most {most / 1_000_000:g} MB fit into one file.")
    return bytes(data)


def _query(endpoint: Endpoint, request: HttpRequest) -> dict[str, Any]:
    """The parameters of the query, checked."""
    known = {param.name: param for param in endpoint.params}
    errors = [(name, "There is no such parameter.") for name in request.GET if name not in known]
    found: dict[str, Any] = {}
    for name, param in known.items():
        given = request.GET.get(name)
        if given is None or given == "":
            found[name] = param.default
            continue
        try:
            found[name] = _param(param, given.replace("\0", ""))
        except ValueError as error:
            errors.append((name, str(error)))
    if errors:
        raise Problem(422, "Correct these parameters and ask again.", errors=errors)
    return found


def _param(param: Param, given: str) -> object:
    if param.one_of and given not in param.one_of:
        raise ValueError(f"Choose from {', '.join(param.one_of)}.")
    if param.kind is int:
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= param.most):
            raise ValueError(f"This must be a number from 1 to {param.most:,}.")
        return int(given)
    if param.kind is not str:
        try:
            return param.kind.fromisoformat(given)  # type: ignore[attr-defined]  # date and datetime have it
        except ValueError:
            raise ValueError("This must be a day, such as 2026-03-01.") from None
    if len(given) > param.most:
        raise ValueError(f"At most {param.most} characters fit.")
    return given


def _sent(told: Answer) -> HttpResponse:
    if isinstance(told.body, Download):
        return _file(told.body)
    return _response(told.status, json.dumps(written(told.body), ensure_ascii=False), told.location)


def _file(found: Download) -> HttpResponse:
    """A file, only ever to be saved: whatever it says that it is, no browser opens it here."""
    response = HttpResponse(blobs.get(found.sha256), content_type=found.content_type)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=found.name)
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def _response(status: int, body: str, location: str) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if location:
        response["Location"] = location
    return response


# --- writes -------------------------------------------------------------------------------

_BEGIN = """
insert into api_answered (token_id, key, digest, body, location, at)
values (%s, %s, %s, '', '', %s) on conflict (token_id, key) do nothing returning id
"""
_KEPT = "select digest, status, body, location from api_answered where token_id = %s and key = %s"
_KEEP = "update api_answered set status = %s, body = %s, location = %s where id = %s"


def _once(endpoint: Endpoint, asked: Asked, bearer: Bearer, request: HttpRequest) -> HttpResponse:
    """Do a write in one transaction; one that carries a key is done once, however often sent.

    The same write at the same moment waits for the first at the key's row, and is given its
    answer; a write that is refused or fails keeps nothing, so that it can be sent again.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        with transaction.atomic():
            return _sent(endpoint.do(asked))
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise Problem(400, f"An Idempotency-Key has at most {_LONGEST_KEY} printable characters.")
    sent = asked.body if endpoint.takes_bytes else request.body
    digest = hashlib.sha256(
        b"\0".join([str(request.method).encode(), request.get_full_path().encode(), sent])
    ).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, [bearer.token_id, key, digest, asked.at])
        begun = cursor.fetchone()
        if begun is None:
            cursor.execute(_KEPT, [bearer.token_id, key])
            return _again(digest, *cursor.fetchone())
        response = _sent(endpoint.do(asked))
        body, location = response.content.decode(), response.get("Location", "")
        cursor.execute(_KEEP, [response.status_code, body, location, begun[0]])
    return response


def _again(digest: str, kept: str, status: int, body: str, location: str) -> HttpResponse:
    """The answer of the first time."""
    if kept != digest:
        raise Problem(422, "This Idempotency-Key was sent before, with another request.")
    response = _response(status, body, location)
    response["Idempotency-Replayed"] = "true"
    return response
