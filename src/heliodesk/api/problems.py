"""What went wrong, as programs read it: ``application/problem+json`` (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpResponse

#: What each status is called; the type of a problem is an address that explains it.
TITLES: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "The request cannot be read"),
    401: ("unauthorised", "A token is needed"),
    403: ("forbidden", "Not with this token"),
    404: ("not-found", "Nothing here"),
    405: ("method-not-allowed", "Not this method"),
    409: ("refused", "Not possible now"),
    413: ("too-large", "The request is too large"),
    415: ("not-json", "Send JSON"),
    422: ("invalid", "Something in the request is wrong"),
    429: ("too-many", "Too many requests"),
    500: ("failed", "Something broke on our side"),
    503: ("away", "The desk cannot reach its database"),
}
PROBLEM = "application/problem+json"


class Problem(Exception):
    """Ends a request with this status; ``detail`` says what to do, ``errors`` which field."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = list(errors), dict(headers or {})


def answer(problem: Problem) -> HttpResponse:
    """The problem as it is sent."""
    name, title = TITLES[problem.status]
    told: dict[str, object] = {
        "type": f"{settings.BASE_URL}/api/v1/#{name}",
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = [{"field": field, "message": text} for field, text in problem.errors]
    return HttpResponse(
        json.dumps(told, ensure_ascii=False),
        status=problem.status,
        content_type=PROBLEM,
        headers=problem.headers,
    )
